/** What a peer sends is never an error, however broken: it is answered, compared and told, in any pieces alike. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { accountOf } from '../../src/replay/match/divergence.js';
import { ReplayedClient } from '../../src/replay/client/client.js';
import { planSession } from '../../src/replay/plan/plan.js';
import { ReplayedServer } from '../../src/replay/server/server.js';
import { bytesOf, clientOptions, serverOptions, textOf } from '../replay/playbook.js';
import { randomSession } from '../replay/random-session.js';

/** Bytes that look like the protocol now and then. */
const bytes = fc
  .array(
    fc.oneof(
      fc.uint8Array({ maxLength: 8 }).map(textOf),
      fc.constantFrom('{', '}', '[', ']', '"', ':', ',', '\\', '\xff', '\r\n', '{}', '1', 'null', '@', "'"),
      fc.constantFrom(
        '"execute"',
        '"return"',
        '"error"',
        '"event"',
        '"id"',
        '"QMP"',
        '"exec-oob"',
        '"arguments"',
      ),
      fc.constantFrom(
        '{"execute":"query-status"}',
        '{"return": {}}\r\n',
        '{"event": "STOP"}\r\n',
        '{"id": 1, "error": {}}',
      ),
      fc.constantFrom(
        '{"execute":"stop","id":{"a":',
        '{"execute":"guest-sync","arguments":{"id":1}}',
        '{"QMP": {}}\r\n',
      ),
    ),
    { maxLength: 20 },
  )
  .map((pieces) => bytesOf(pieces.join('')));

type Machine = Pick<ReplayedServer | ReplayedClient, 'connect' | 'receive' | 'end'>;

/** Everything that a machine says to its peer, and all that it tells of it. */
function doings(machine: Machine, chunks: readonly Uint8Array[]): { said: string; told: string[] } {
  let said = '';
  const told: string[] = [];
  const note = (actions: ReturnType<Machine['end']>): void => {
    for (const action of actions) {
      if (action.do === 'send') said += textOf(action.bytes);
      else if (action.do === 'diverge') told.push(accountOf(action.divergence));
      else if (action.do === 'close') said += '(closes)';
    }
  };
  note(machine.connect(0));
  for (const chunk of chunks) note(machine.receive(chunk.slice(), 0));
  note(machine.end(0));
  return { said, told };
}

function cut(whole: Uint8Array, size: number): Uint8Array[] {
  return Array.from({ length: Math.ceil(whole.length / size) }, (_, at) =>
    whole.subarray(at * size, (at + 1) * size),
  );
}

test.each(['strict', 'content'] as const)('a replayed server takes whatever comes (%s)', (match) => {
  fc.assert(
    fc.property(randomSession, bytes, fc.nat(9), ({ session, messages }, input, size) => {
      const plan = planSession(session, messages, { injected: 'leave-out' });
      const play = (chunks: readonly Uint8Array[]) =>
        doings(new ReplayedServer(plan, serverOptions({ match })), chunks);
      const whole = play([input]);
      expect(play(cut(input, 1))).toEqual(whole);
      expect(play(cut(input, size + 1))).toEqual(whole);
    }),
    { numRuns: 200 },
  );
});

test('a replayed client takes whatever comes', () => {
  fc.assert(
    fc.property(randomSession, bytes, fc.nat(9), ({ session, messages }, output, size) => {
      const plan = planSession(session, messages, { injected: 'keep' });
      const play = (chunks: readonly Uint8Array[]) =>
        doings(new ReplayedClient(plan, clientOptions()), chunks);
      const whole = play([output]);
      expect(play(cut(output, 1))).toEqual(whole);
      expect(play(cut(output, size + 1))).toEqual(whole);
    }),
    { numRuns: 200 },
  );
});
