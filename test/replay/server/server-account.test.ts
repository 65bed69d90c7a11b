import { describe, expect, test } from 'vitest';
import { StrictMatching } from '../../../src/replay/match/strict-matching.js';
import type { SessionPlan } from '../../../src/replay/plan/plan.js';
import { ServerAccount } from '../../../src/replay/server/server-account.js';
import { Unstable } from '../../../src/recording/unstable.js';
import { abaPlan, bytesOf, clientFrame, contentMatching, planned } from '../playbook.js';

/** An account, and a client that sends commands by their names. */
function account(
  mode: 'strict' | 'content',
  plan: SessionPlan = abaPlan,
): { of: ServerAccount; send: (...names: string[]) => void } {
  const unstable = new Unstable();
  const matching =
    mode === 'strict' ? new StrictMatching(plan, unstable) : contentMatching(plan, () => true).matching;
  const of = new ServerAccount(plan, mode, matching, unstable);
  const send = (...names: string[]): void => {
    for (const name of names) of.played(matching.take(clientFrame(name))!);
  };
  return { of, send };
}

describe('ServerAccount', () => {
  test('counts what was played, repeated, forwarded, and what is left', () => {
    const { of, send } = account('content');
    send('b', 'b', 'b', 'a');
    of.forwarded();
    expect(of.summary()).toEqual({
      session: 1,
      played: 4,
      unused: 1,
      repeated: { b: 2 },
      forwarded: 1,
      skipped: 0,
    });
    expect(of.unused().map(({ seq }) => seq)).toEqual([5]);
  });

  test('under strict, a miss says what was recorded here', () => {
    const { of, send } = account('strict');
    send('a');
    expect(of.miss(clientFrame('x'))).toMatchObject({
      kind: 'miss',
      summary: "'x' is not what was recorded here, 'b' (message 3)",
      before: [{ seq: 1 }, { seq: 2 }],
      expected: [{ seq: 3 }],
      actual: [{ dir: 'c2s', text: '{"execute":"x"}' }],
    });
    send('b', 'a');
    expect(of.miss(clientFrame('a')).summary).toBe("'a' came after the last recorded command");
  });

  test('by content, a miss says whether the name or the arguments are new, or all answers were given', () => {
    const { of, send } = account('content');
    expect(of.miss(clientFrame('x')).summary).toBe("'x' was not recorded");
    const other = { ...clientFrame('a'), bytes: bytesOf('{"execute":"a","arguments":{"n":1}}') };
    expect(of.miss(other).summary).toBe("'a' was not recorded with these arguments");
    send('b');
    expect(of.miss(clientFrame('b'))).toMatchObject({
      summary: "'b' was sent more often than recorded; all its answers have been given",
      expected: [],
    });
  });

  test('a lost client does not cost a search for each of its commands', () => {
    const { of } = account('content');
    const found = Array.from({ length: 101 }, () => of.miss(clientFrame('a')).candidates.length > 0);
    expect(found.lastIndexOf(true)).toBe(99);
    expect(of.diverged).toBe(101);
  });

  test('what QEMU refuses is told, but for a sync byte that does no harm', () => {
    const sync = { ...clientFrame(''), kind: 'sync' as const };
    expect(account('content').of.garbage(sync, 'x')).toBeUndefined();
    expect(account('strict').of.garbage(sync, 'x')?.kind).toBe('garbage');
    expect(account('content').of.garbage(clientFrame('x', 'malformed'), 'no JSON')?.summary).toBe(
      'the client sent what was not recorded and QEMU refuses: no JSON',
    );
  });

  test('half a message at the end is as recorded only if it is the same half', () => {
    expect(account('strict').of.cutOff(bytesOf('{"exec'))).toBeUndefined();
    expect(account('strict').of.cutOff(bytesOf('{"exe'))).toMatchObject({ kind: 'closed-early' });
  });

  test('an answer is unknown only where the recording ends before it', () => {
    const text = '-> {"execute":"a"}\n<- {"return": 1}\n-> {"execute":"b"}';
    const cut = account('strict', planned(text, { end: 'cut-off' })).of;
    expect(cut.unknownAnswer(0)).toBeUndefined();
    expect(cut.unknownAnswer(2)?.summary).toBe("the recording ends before the answer to 'b'");
    expect(account('strict', planned(text)).of.unknownAnswer(2)).toBeUndefined();
  });

  test('at the end, strict tells once what was never sent', () => {
    const { of, send } = account('strict');
    send('a');
    expect(of.left()?.summary).toBe('2 recorded messages were never sent by the client');
    expect(of.diverged).toBe(0);
    expect(of.finish()?.expected.map(({ seq }) => seq)).toEqual([3, 5]);
    expect([of.finish(), of.left(), of.silent('1 s'), of.diverged]).toEqual([
      undefined,
      undefined,
      undefined,
      1,
    ]);
    expect(account('content').of.finish()).toBeUndefined();
  });

  test('of many that were never sent the first ten are shown', () => {
    const many = planned(Array.from({ length: 12 }, () => '-> {"execute":"a"}').join('\n'));
    const left = account('strict', many).of.left();
    expect(left?.summary).toMatch(/^12 recorded .*; the first 10 of them$/);
    expect(left?.expected).toHaveLength(10);
  });

  test('silence is a divergence where something was left to be said', () => {
    const { of, send } = account('strict');
    send('a', 'b');
    expect(of.silent('5 s')).toMatchObject({
      kind: 'never-came',
      summary: 'the client sent nothing for 5 s; 1 recorded message was left',
      expected: [{ seq: 5 }],
    });
    expect(of.finish()).toBeUndefined();
    expect(account('content').of.silent('5 s')).toBeUndefined();
  });
});
