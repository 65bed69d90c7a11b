import { describe, expect, test } from 'vitest';
import { courseOf, maxOpen, wallOf } from '../../../src/inspect/rules/rule-course.js';
import { exchange } from '../../support/conversation.js';
import { command, event, refused } from '../stories/told.js';
import { essence, judged, judgedSessions, ruleOf } from './judged.js';

const removal = 'each cmd:device_del($id) then event:DEVICE_DELETED(device=$id) within 10ms unless error';
const del = (id: string) => exchange('device_del', { id });
const gone = (device: string, after = 1) => event('DEVICE_DELETED', { device }, after);

describe('each … then', () => {
  test('true when it came in time, each by its own name', () => {
    expect(essence(judged(removal, del('a'), del('b'), gone('b'), gone('a')))).toBe('true 2');
  });

  test('false when it did not come in time, though it came later', () => {
    expect(essence(judged(removal, del('a'), gone('b'), gone('a', 20)))).toBe('false 1, late #1 id=a by #4');
  });

  test('false when nothing came, and when the session lasted long enough to know', () => {
    expect(essence(judged(removal, del('a'), event('STOP', {}, 20)))).toBe('false 1, missing #1 id=a');
    const session = { lines: del('a'), endAfter: 20 };
    expect(essence(judgedSessions(removal, session))).toBe('false 1, missing #1 id=a');
  });

  test('open when the session ends before the time', () => {
    expect(essence(judged(removal, del('a')))).toBe('open 1, open #1 id=a');
    // What is recorded the day after is another server's time.
    const later = { lines: [event('STOP')], started: 86_400_000_000, server: 'unix:/other' };
    expect(essence(judgedSessions(removal, { lines: del('a') }, later))).toBe('open 1, open #1 id=a');
  });

  test('goes on when the client comes back, and not when the server was another', () => {
    const back = { lines: [gone('a')], started: 5_000 };
    expect(essence(judgedSessions(removal, { lines: del('a') }, back))).toBe('true 1');
    expect(essence(judgedSessions(removal, { lines: del('a') }, { ...back, server: 'unix:/b' }))).toBe(
      'open 1, open #1 id=a',
    );
  });

  test('unless: the command was refused', () => {
    expect(essence(judged(removal, command('device_del', { id: 'a' }), refused('no')))).toBe('true 1');
  });

  test('the same message does not answer itself', () => {
    expect(essence(judged('each event:A then event:A', event('A'), event('A')))).toBe('open 2, open #2');
  });

  test('one message is for all that wait for it', () => {
    expect(essence(judged('each cmd:x then event:Y', exchange('x'), exchange('x'), event('Y')))).toBe(
      'true 2',
    );
  });

  test('the response itself may be demanded', () => {
    const text = 'each cmd:x then success within 5ms';
    expect(essence(judged(text, exchange('x')))).toBe('true 1');
    expect(essence(judged(text, command('x', {}), refused('no')))).toBe('false 1, wrong #1 by #2');
    expect(essence(judged(text, exchange('x', {}, {}, 9)))).toBe('false 1, late #1 by #2');
    expect(essence(judged('each cmd:x then response', command('x', {})))).toBe('open 1, open #1');
  });

  test('too many at once are counted, not kept', () => {
    const many = Array.from({ length: maxOpen + 3 }, () => event('A', {}, 0));
    const { verdict, notFollowed, open, cases } = judged('each event:A then event:B', many);
    expect([verdict, notFollowed, open, cases.length]).toEqual(['open', 3, maxOpen, 1000]);
  });
});

test('never', () => {
  expect(essence(judged('never event:A($x)', event('A', { x: 5 }), event('B')))).toBe(
    'false 1, wrong #1 x=5',
  );
  expect(essence(judged('never event:A', event('B')))).toBe('true 0');
});

test('at most … in flight: told when it becomes too many, and again after it was not', () => {
  const two = [command('a', {}), command('b', {})];
  expect(essence(judged('at most 2 in flight', two))).toBe('true 2');
  expect(essence(judged('at most 1 in flight', two, command('c', {})))).toBe('false 3, wrong #2');
  const twice = [...two, ['<-', { return: {} }], ['<-', { return: {} }], ...two] as const;
  expect(essence(judged('at most 1 in flight', twice))).toBe('false 4, wrong #2, wrong #6');
  expect(essence(judged('at most 1 cmd:a in flight', two))).toBe('true 1');
});

test('sometimes', () => {
  expect(essence(judged('sometimes event:A', event('A')))).toBe('true 1');
  expect(essence(judged('sometimes event:A', event('B')))).toBe('false 0, missing');
});

test('time that passes without a message is enough', () => {
  const { demand } = ruleOf('each event:A then event:B within 1s');
  const course = courseOf(demand);
  const at = { session: 1, seq: 1, t: 0, started: 1_000 };
  expect(wallOf({ ...at, t: 5_000 })).toBe(1_005);
  course.passed({ server: 1, at });
  expect(course.cases.fresh()).toEqual([]);
});
