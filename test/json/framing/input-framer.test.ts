import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InputFramer, type InputSink } from '../../../src/json/framing/input-framer.js';
import { classicInput, eagerInput } from '../../../src/json/framing/profile.js';
import { framesOf, fromLatin1, latin1 } from '../../support/frames.js';
import { cutAt, cuts, jsonLikeBytes } from '../../support/json-arbitraries.js';

interface Taken {
  text: string;
  readonly problem: string | undefined;
  readonly doubtful: boolean;
}

class Taker implements InputSink {
  readonly frames: Taken[] = [];

  frame(bytes: Uint8Array, problem: string | undefined, _members?: unknown, doubtful = false): void {
    this.frames.push({ text: latin1(bytes), problem, doubtful });
  }

  trailer(bytes: Uint8Array): void {
    this.frames.at(-1)!.text += latin1(bytes);
  }

  get text(): string {
    return this.frames.map((each) => each.text).join('');
  }

  /** What a server that follows the eager rules answers. */
  get answered(): number {
    return this.frames.filter((each) => !each.doubtful).length;
  }
}

/** Takes the first part before the rules are known, the second by those that are decided on then. */
function decided(rules: 'classic' | 'eager', head: string, tail: string): Taker {
  const [taker, framer] = [new Taker(), new InputFramer()];
  framer.push(fromLatin1(head), taker);
  framer.decide(rules, taker);
  framer.push(fromLatin1(tail), taker);
  framer.end(taker);
  return taker;
}

const deep = `${'['.repeat(1030)}${']'.repeat(1030)}`;
const deepProblem = 'JSON nesting depth limit exceeded';

describe('until the rules are known', () => {
  test('frames are cut by the classic ones, and those that the eager ones do not know are doubtful', () => {
    const taker = decided('classic', `${deep}{"a":1}`, '');
    expect(taker.frames[0]).toMatchObject({ problem: deepProblem, doubtful: false });
    expect(taker.frames.length).toBe(1028);
    expect(taker.frames.slice(1, -1).every((each) => each.doubtful)).toBe(true);
    expect(taker.frames.at(-1)).toEqual({ text: '{"a":1}', problem: undefined, doubtful: false });
  });

  test('a refusal that came too early for the classic rules comes out when the eager ones hold', () => {
    const taker = decided('eager', '{} {"execute" "x"', ',"id":5}\n{}');
    expect(taker.frames).toEqual([
      { text: '{} ', problem: undefined, doubtful: false },
      {
        text: '{"execute" "x","id":5}\n',
        problem: "1:15: JSON parse error, expecting ':'",
        doubtful: false,
      },
      { text: '{}', problem: undefined, doubtful: false },
    ]);
  });

  test('they may be decided in the midst of a message that is sound so far, and of one that is skipped', () => {
    expect(decided('eager', '{"a":"b', 'c"}').frames.map((each) => each.text)).toEqual(['{"a":"bc"}']);
    const skipped = decided('eager', `${'['.repeat(1025)}[`, `${']'.repeat(1026)}{}`);
    expect(skipped.frames.map(({ text, problem }) => [text.length, problem])).toEqual([
      [2052, deepProblem],
      [2, undefined],
    ]);
  });
});

describe('whatever comes', () => {
  const rules = fc.constantFrom('classic', 'eager');
  /** With what reaches the limit of nesting. */
  const bytes = fc
    .array(
      fc.oneof(
        { weight: 8, arbitrary: jsonLikeBytes },
        fc.constantFrom(deep, '['.repeat(1026), '{"a":'.repeat(1025)),
      ),
      {
        maxLength: 5,
      },
    )
    .map((all) => all.join(''));

  test('the frames are its bytes, whenever the rules become known', () => {
    fc.assert(
      fc.property(rules, bytes, fc.nat(), (chosen, text, place) => {
        const at = place % (text.length + 1);
        expect(decided(chosen, text.slice(0, at), text.slice(at)).text).toBe(text);
      }),
      { numRuns: 300 },
    );
  });

  test('those that are not doubtful are as many as the eager rules answer, those of the classic rules are all', () => {
    fc.assert(
      fc.property(bytes, fc.nat(), cuts, (text, place, places) => {
        const at = place % (text.length + 1);
        const eager = decided('eager', text.slice(0, at), text.slice(at));
        const partial = (problem: string | undefined) => problem?.startsWith('unfinished') === true;
        const whole = framesOf(eagerInput, fromLatin1(text)).filter((each) => !partial(each.problem));
        expect(eager.answered - eager.frames.filter((each) => partial(each.problem)).length).toBe(
          whole.length,
        );
        const [taker, framer] = [new Taker(), new InputFramer()];
        for (const chunk of cutAt(fromLatin1(text), places)) framer.push(chunk, taker);
        framer.end(taker);
        expect(taker.frames.map((each) => each.text)).toEqual(
          framesOf(classicInput, fromLatin1(text)).map((each) => each.text),
        );
      }),
      { numRuns: 300 },
    );
  });

  test('it goes on from a saved state as if nothing had been', () => {
    fc.assert(
      fc.property(rules, bytes, fc.nat(), fc.nat(), (chosen, text, first, second) => {
        const [pause, known] = [first, second]
          .map((place) => place % (text.length + 1))
          .sort((a, b) => a - b) as [number, number];
        const taker = new Taker();
        const before = new InputFramer();
        before.push(fromLatin1(text.slice(0, pause)), taker);
        const after = new InputFramer(structuredClone(before.save()));
        after.push(fromLatin1(text.slice(pause, known)), taker);
        after.decide(chosen, taker);
        const later = new InputFramer(structuredClone(after.save()));
        expect(later.rules).toBe(chosen);
        later.push(fromLatin1(text.slice(known)), taker);
        later.end(taker);
        expect(taker.frames).toEqual(decided(chosen, text.slice(0, known), text.slice(known)).frames);
      }),
      { numRuns: 300 },
    );
  });
});
