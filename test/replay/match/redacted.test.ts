import { describe, expect, test } from 'vitest';
import { redactedPaths } from '../../../src/redact/redacted-paths.js';
import { Unstable } from '../../../src/recording/unstable.js';
import type { Matching } from '../../../src/replay/match/match.js';
import { StrictMatching } from '../../../src/replay/match/strict-matching.js';
import { planSession } from '../../../src/replay/plan/plan.js';
import { contentMatching } from '../playbook.js';
import { latin1, recorded } from '../../support/recorded.js';

const command = (password: unknown, id = 1): string =>
  `{"execute":"set_password","arguments":{"protocol":"vnc","password":${JSON.stringify(password)}},"id":${id}}`;

function matchings(...commands: string[]): Matching[] {
  const recording = recorded(
    commands.flatMap((text, at) => [`-> ${text}`, `<- {"return": {}, "id": ${at + 1}}`]),
  );
  const [session] = recording.sessions();
  const plan = planSession(session!, recording.messages(), { injected: 'leave-out' });
  return [new StrictMatching(plan, new Unstable()), contentMatching(plan).matching];
}

const frame = (text: string) => ({ kind: 'command' as const, name: 'set_password', bytes: latin1(text) });

describe('a token', () => {
  test('stands for any value of its type', () => {
    for (const matching of matchings(command('[redacted:1]'), command(7_072_510_000_000_002, 2))) {
      expect(
        matching.take(frame('{"execute":"set_password","arguments":{"protocol":"vnc"}}')),
      ).toBeUndefined();
      expect(matching.take(frame(command(true)))).toBeUndefined();
      expect(matching.take(frame(command('secret').replace('vnc', 'spice')))).toBeUndefined();
      expect(matching.take(frame(command('any secret', 99)))?.place).toBe(0);
      expect(matching.take(frame(command(5)))?.place).toBe(2);
      expect(matching.take(frame(command('again')))).toBeUndefined();
      expect([...matching.left()]).toEqual([]);
    }
  });

  test('in what is no JSON is compared as it stands', () => {
    const broken = '{"a": "[redacted:1]", "b"}';
    for (const matching of matchings(broken)) {
      const given = { kind: 'malformed' as const, name: undefined, bytes: latin1(broken) };
      expect(matching.take({ ...given, bytes: latin1('{"a": "else", "b"}') })).toBeUndefined();
      expect(matching.take(given)?.place ?? 0).toBe(0);
    }
  });
});

test('tokens are found where they are', () => {
  const text = `{"a":["x","[redacted:7]"],"b":{"c":7072510000000001},"d":"${btoa('[redacted:12]')}","e":"in a [redacted:1] text","f":70725100000000011}`;
  expect(redactedPaths(latin1(text))).toEqual([
    [
      { kind: 'member', name: 'a' },
      { kind: 'element', position: 1 },
    ],
    [
      { kind: 'member', name: 'b' },
      { kind: 'member', name: 'c' },
    ],
    [{ kind: 'member', name: 'd' }],
    [{ kind: 'member', name: 'e' }],
  ]);
  expect(redactedPaths(latin1('{"a":"nothing"}'))).toEqual([]);
});
