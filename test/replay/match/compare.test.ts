import { expect, test } from 'vitest';
import type { Message } from '../../../src/recording/message.js';
import { Unstable } from '../../../src/recording/unstable.js';
import { compareWithRecorded } from '../../../src/replay/match/compare.js';
import { bytesOf, recorded } from '../playbook.js';

function compared(before: string, now: string, command?: string, ignore: string[] = []): string[] {
  const message = recorded(`<- ${before}`).messages[0] as Message;
  const found = compareWithRecorded(message, bytesOf(now), command, new Unstable(ignore));
  return found.map(({ path }) => path);
}

test('messages are compared by value, without what is unstable', () => {
  expect(compared('{"return": {"a": 1, "b": 2}}', '{"return": {"b": 2.0, "a": 1}}\n')).toEqual([]);
  expect(compared('{"return": {"a": 1}}', '{"return": {"a": 2}}')).toEqual(['return.a']);
  expect(compared('{"return": {"a": 1}}', '{"return": {"a": 2}}', 'x', ['**.a'])).toEqual([]);
  const cpus = (thread: number): string => `{"return": [{"thread-id": ${thread}}]}`;
  expect(compared(cpus(1), cpus(2), 'query-cpus-fast')).toEqual([]);
  expect(compared(cpus(1), cpus(2), 'query-other')).toEqual(['return[0].thread-id']);
  expect(compared('{"event": "STOP", "timestamp": 1}', '{"event": "STOP", "timestamp": 2}')).toEqual([]);
  expect(compared('{"return": inf}', '{"return": -inf}')).toEqual(['return']);
  expect(compared('\xff', '@')).toEqual(['bytes']);
});

test("a refusal is the same on another line of the agent's life, not in another column", () => {
  const refused = (place: string): string =>
    `{"error": {"class": "GenericError", "desc": "${place}: JSON parse error, expecting value"}}`;
  expect(compared(refused('1:1'), refused('70:1'))).toEqual([]);
  expect(compared(refused('1:1'), refused('1:2'))).toEqual(['error.desc']);
});
