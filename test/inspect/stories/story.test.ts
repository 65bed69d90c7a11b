import { describe, expect, test } from 'vitest';
import {
  between,
  type Moment,
  type Story,
  StoryBuilder,
  textOf,
} from '../../../src/inspect/stories/story.js';
import { fromPlain } from '../../../src/json/value.js';

/** So many milliseconds into a session that began at the second `session`. */
const at = (seq: number, session = 1): Moment => ({ session, seq, t: seq * 1e6, started: session * 1e6 });
const begun = (): StoryBuilder => new StoryBuilder('job', 'j', { ...at(1), text: 'start' });
const steps = ({ steps: all }: Story): string[] => all.map(({ seq, text }) => `${seq} ${text}`);

describe('StoryBuilder', () => {
  test('grows step by step to its end', () => {
    const builder = begun();
    builder.step(at(2), 'running');
    builder.end(at(5), 'success', 'concluded', 'all copied');
    const story = builder.story(at(9), undefined);
    expect(steps(story)).toEqual(['1 start', '2 running', '5 concluded']);
    expect(story).toMatchObject({ outcome: 'success', detail: 'all copied', live: false, duration: 4e6 });
    expect(story.end?.seq).toBe(5);
  });

  test('the first end counts, and what comes after it is a step', () => {
    const builder = begun();
    builder.end(at(2), 'failure', 'BLOCK_JOB_COMPLETED', 'no space');
    builder.end(at(3), 'success', 'null', 'other');
    const story = builder.story(at(9), undefined);
    expect(story).toMatchObject({ outcome: 'failure', detail: 'no space', duration: 1e6 });
    expect(steps(story)).toEqual(['1 start', '2 BLOCK_JOB_COMPLETED', '3 null']);
  });

  test('a second step of the same message replaces the first', () => {
    const builder = begun();
    builder.step(at(1), 'created');
    builder.step(at(1, 2), 'of another session');
    expect(steps(builder.story(at(1), undefined))).toEqual(['1 created', '1 of another session']);
  });

  test('a refused command ends what it began', () => {
    const builder = begun();
    builder.refused({ ok: false, returned: undefined, desc: 'device busy', at: at(2) });
    expect(builder.story(at(2), undefined)).toMatchObject({ outcome: 'failure', detail: 'device busy' });
  });

  test('unfinished: live while its end may come, else it says why not', () => {
    const builder = begun();
    builder.detail = 'mirror';
    expect(builder.story(at(4), undefined)).toMatchObject({
      live: true,
      detail: 'mirror',
      duration: 3e6,
      end: undefined,
    });
    expect(builder.story(at(4), 'the client left')).toMatchObject({ live: false, detail: 'the client left' });
  });

  test('what may last is no failure at the end of the session, and a success if it was asked for', () => {
    const builder = begun();
    builder.lasting = 'maybe';
    expect(builder.story(at(4), 'the client left')).toMatchObject({
      outcome: 'unfinished',
      detail: 'to the end of the session',
    });
    builder.lasting = 'wanted';
    expect(builder.story(at(4), undefined)).toMatchObject({ outcome: 'unfinished', live: true });
    expect(builder.story(at(4), 'the client left')).toMatchObject({ outcome: 'success', end: { seq: 4 } });
  });

  test('of very many steps, those in the middle are not kept', () => {
    const builder = begun();
    for (let seq = 2; seq <= 100; seq++) builder.step(at(seq), 'poll');
    const { steps: kept, omitted } = builder.story(at(100), undefined);
    expect([kept.length, omitted, kept[0]?.seq, kept.at(-1)?.seq]).toEqual([60, 40, 1, 100]);
  });

  test('has no duration where a log tells no times', () => {
    const builder = begun();
    builder.end({ ...at(3), untimed: true }, 'success', 'done');
    expect(builder.story(at(9), undefined).duration).toBeUndefined();
  });
});

test('the time between moments of two sessions', () => {
  expect(between(at(3), at(5))).toBe(2e6);
  expect(between(at(3), at(1, 2))).toBe(1e9 - 2e6);
});

test('a member that is a string', () => {
  const value = fromPlain({ a: 'x', b: 1 });
  expect([
    textOf(value, 'a'),
    textOf(value, 'b'),
    textOf(value, 'c'),
    textOf(fromPlain([]), 'a'),
    textOf(undefined, 'a'),
  ]).toEqual(['x', undefined, undefined, undefined, undefined]);
});
