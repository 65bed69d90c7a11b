/** A recorded server and a recorded client against a peer that says anything: a conversation, NUL, the peer's bytes. */
import assert from 'node:assert/strict';
import { canonicalJson } from '../../../src/json/canonical.js';
import { parseJson } from '../../../src/json/parse.js';
import { isObject } from '../../../src/json/value.js';
import { classifyServer } from '../../../src/qmp/message.js';
import { accountOf } from '../../../src/replay/match/divergence.js';
import { ReplayedClient } from '../../../src/replay/client/client.js';
import { planSession, type SessionPlan } from '../../../src/replay/plan/plan.js';
import { madeUpNegotiation } from '../../../src/replay/plan/responses.js';
import { ReplayedServer } from '../../../src/replay/server/server.js';
import { latin1 } from '../../support/frames.js';
import { clientOptions, serverOptions } from '../../replay/playbook.js';
import { conversation, conversationSeeds, conversationWords } from '../support/conversation.js';
import { unlessRefused } from '../support/refusal.js';
import type { Target } from '../target.js';

export const target: Target = {
  holds:
    'any peer gets the same however its bytes are split, the end always comes, and nothing that was not recorded is answered',
  maxLength: 1200,
  words: [...conversationWords, '\0{"execute":"query-status","id":9}', '}', '{"return":{}}'],
  seeds: () => [
    `${conversationSeeds[0] ?? ''}\0{"execute":"qmp_capabilities"}{"execute":"query-status","id":5}`,
    `${conversationSeeds[1] ?? ''}\0{"execute":"device_del","arguments":{"id":"d"},"id":"b"}\xff{"exec-oob":"yank","id":7}`,
    `${conversationSeeds[2] ?? ''}\0{"return": 7}{"return": {"pid": 3}}`,
  ],
  run(input) {
    const nul = input.indexOf(0);
    const [told, said] =
      nul < 0 ? [input, input.subarray(0, 0)] : [input.subarray(0, nul), input.subarray(nul + 1)];
    const recording = conversation(told);
    for (const session of recording.sessions().slice(0, 2)) {
      for (const injected of ['leave-out', 'keep'] as const) {
        const plan = planSession(session, recording.messages({ session: session.id }), { injected });
        for (const match of ['strict', 'content'] as const) {
          const machine = () => new ReplayedServer(plan, serverOptions({ match }));
          const whole = doings(machine(), [said]);
          assert.deepEqual(
            doings(
              machine(),
              Array.from(said, (byte) => Uint8Array.of(byte)),
            ),
            whole,
          );
          assertRecorded(plan, whole.sent);
        }
        const client = () => new ReplayedClient(plan, clientOptions());
        const whole = doings(client(), [said]);
        assert.deepEqual(
          doings(
            client(),
            Array.from(said, (byte) => Uint8Array.of(byte)),
          ),
          whole,
        );
      }
    }
  },
};

interface Doings {
  readonly sent: readonly Uint8Array[];
  readonly told: readonly string[];
  readonly over: boolean;
}
interface Machine {
  connect(t: number): readonly Doing[];
  receive(bytes: Uint8Array, t: number): readonly Doing[];
  end(t: number): readonly Doing[];
  tick(t: number): readonly Doing[];
}
type Doing = ReturnType<ReplayedServer['end']>[number] | ReturnType<ReplayedClient['end']>[number];

/** All that a machine does; time passes when it waits for it. */
function doings(machine: Machine, chunks: readonly Uint8Array[]): Doings {
  const sent: Uint8Array[] = [];
  const done = { told: [] as string[], over: false };
  let wake: number | undefined;
  const note = (actions: readonly Doing[]): void => {
    wake = undefined;
    for (const action of actions) {
      if (action.do === 'send') sent.push(action.bytes);
      else if (action.do === 'diverge') done.told.push(accountOf(action.divergence));
      else if (action.do === 'close') done.over = true;
      else if (action.do === 'wake') wake = action.at;
    }
  };
  note(machine.connect(0));
  for (const chunk of chunks) note(machine.receive(chunk.slice(), 0));
  note(machine.end(0));
  for (let rounds = 0; !done.over && wake !== undefined; rounds++) {
    assert.ok(rounds < 1000, 'it waits for ever');
    note(machine.tick(wake));
  }
  assert.ok(done.over, 'it does not end when its peer has');
  return { ...done, sent };
}

/** Each success that a server says was recorded, but for the id; only an excerpt's negotiation is made up. */
function assertRecorded(plan: SessionPlan, pieces: readonly Uint8Array[]): void {
  const recorded = plan.steps.map(({ message }) => withoutId(message.raw));
  const madeUp = plan.lacksNegotiation ? [withoutId(madeUpNegotiation(plan, undefined))] : [];
  const known = new Set([...recorded, ...madeUp].filter((value) => value !== undefined));
  for (const piece of pieces) {
    const value = classifyServer(piece, undefined).kind === 'success' ? withoutId(piece) : undefined;
    assert.ok(value === undefined || known.has(value), `not recorded: ${latin1(piece)}`);
  }
}

/** As a text by which it is compared; undefined if it is no object. */
function withoutId(bytes: Uint8Array): string | undefined {
  const value = unlessRefused(() => parseJson(bytes, { nonFinite: true }));
  if (!isObject(value)) return undefined;
  return canonicalJson(new Map([...value].filter(([name]) => name !== 'id')));
}
