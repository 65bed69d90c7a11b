import { describe, expect, test } from 'vitest';
import { ClientAccount } from '../../../src/replay/client/client-account.js';
import type { Message } from '../../../src/recording/message.js';
import { bytesOf, planned } from '../playbook.js';

const plan = planned(`
  -> {"execute":"a"}
  <- {"return": 1}
  -> {"execute":"b"}
  <- {"return": 2}
  <- {"event": "E"}
  -> {"execute":"c"}
`);
const recorded = plan.steps.map(({ message }) => message);
const [a, answerA, b, , event] = recorded as [Message, Message, Message, Message, Message];
const difference = { path: 'return', expected: '1', actual: '3' };

describe('ClientAccount', () => {
  test('an answer that differs is told with its command, an event by its name', () => {
    const account = new ClientAccount(plan);
    const actual = bytesOf('{"return": 3}\r\n');
    expect(account.different(answerA, a, actual, [difference])).toEqual({
      kind: 'difference',
      session: 1,
      summary: "the answer to 'a' (message 1) differs in 1 place",
      before: [{ dir: 'c2s', seq: 1, text: '{"execute":"a"}' }],
      expected: [{ dir: 's2c', seq: 2, text: '{"return": 1}' }],
      actual: [{ dir: 's2c', seq: undefined, text: '{"return": 3}' }],
      differences: [difference],
      candidates: [],
    });
    const { summary, before } = account.different(event, undefined, actual, [difference, difference]);
    expect([summary, before]).toEqual(['the event E differs in 2 places', []]);
    expect(account.different(answerA, undefined, actual, [difference]).summary).toContain(
      'message 2 differs',
    );
    expect(account.diverged).toBe(3);
  });

  test('what the recording does not have', () => {
    const account = new ClientAccount(plan);
    expect(account.unexpected(bytesOf('{}'), b)).toMatchObject({
      kind: 'unexpected',
      summary: "the server answered 'b' (message 3), which has no answer in the recording",
      before: [{ seq: 3 }],
    });
    expect(account.unexpected(bytesOf('{}'), undefined)).toMatchObject({
      before: [],
      actual: [{ text: '{}' }],
    });
  });

  test('an answer out of order names both commands', () => {
    expect(new ClientAccount(plan).outOfOrder(b, a, bytesOf('{}'))).toMatchObject({
      kind: 'out-of-order',
      summary: "the answer to 'b' (message 3) came before the one to 'a' (message 1)",
      before: [{ seq: 1 }, { seq: 3 }],
    });
  });

  test('what never came is told with the last four lines before it', () => {
    const account = new ClientAccount(plan);
    const one = account.neverCame([event], 5, 2.5e9);
    expect(one.summary).toBe('1 message that was recorded did not come within 2.5 s');
    expect(one.before.map(({ seq }) => seq)).toEqual([2, 3, 4, 5]);
    expect(one.expected.map(({ seq }) => seq)).toEqual([5]);
    expect(account.neverCame([], 1, 1e9).summary).toBe(
      'the server did not close the connection within 1 s, as it did in the recording',
    );
    const many = account.neverCame(
      Array.from({ length: 12 }, () => event),
      2,
      1e9,
    );
    expect([many.summary.slice(0, 11), many.expected.length]).toEqual(['12 messages', 10]);
  });

  test('a close that comes too early says what was not sent', () => {
    const account = new ClientAccount(plan);
    expect(account.closedEarly([answerA], 1).summary).toMatch(
      /; 2 recorded messages of the client were not sent$/,
    );
    expect(account.closedEarly([event], recorded.length).summary).not.toContain('not sent');
    expect(account.closedEarly([event], 2)).toMatchObject({ kind: 'closed-early', expected: [{ seq: 5 }] });
  });
});
