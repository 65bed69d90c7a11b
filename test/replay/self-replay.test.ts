import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { accountOf } from '../../src/replay/match/divergence.js';
import { ReplayedClient } from '../../src/replay/client/client.js';
import { isQuestion } from '../../src/replay/plan/state-changes.js';
import { asap } from '../../src/replay/timing/pacing.js';
import { planSession } from '../../src/replay/plan/plan.js';
import { ReplayedServer } from '../../src/replay/server/server.js';
import { bytesOf, clientOptions, type Recorded, repliesTo, serverOptions, textOf } from './playbook.js';
import { randomSession } from './random-session.js';

/** Plays a session against itself; `choices` decide who is served when, and in which pieces. */
function selfReplay(
  { session, messages }: Recorded,
  match: 'strict' | 'content',
  choices: readonly number[],
) {
  const server = new ReplayedServer(
    planSession(session, messages, { injected: 'leave-out' }),
    serverOptions({ match }),
  );
  const client = new ReplayedClient(planSession(session, messages, { injected: 'keep' }), clientOptions());
  const wire = { c2s: [] as number[], s2c: [] as number[] };
  const sent = { c2s: '', s2c: '' };
  const closed = { c2s: false, s2c: false };
  const accounts: string[] = [];
  const perform = (
    dir: 'c2s' | 's2c',
    actions: ReturnType<typeof server.tick> | ReturnType<typeof client.tick>,
  ): void => {
    for (const action of actions) {
      if (action.do === 'send') {
        wire[dir].push(...action.bytes);
        sent[dir] += textOf(action.bytes);
      } else if (action.do === 'close') closed[dir] = true;
      else if (action.do === 'diverge') accounts.push(accountOf(action.divergence));
    }
  };
  perform('s2c', server.connect(0));
  perform('c2s', client.connect(0));
  const ended = { c2s: false, s2c: false };
  for (let turn = 0; !(ended.c2s && ended.s2c); turn++) {
    const choice = choices[turn % choices.length]!;
    const dir = choice % 2 === 0 ? 'c2s' : 's2c';
    const other = dir === 'c2s' ? 's2c' : 'c2s';
    const bytes = Uint8Array.from(wire[dir].splice(0, 1 + (choice >> 1)));
    if (bytes.length > 0) perform(other, dir === 'c2s' ? server.receive(bytes, 0) : client.receive(bytes, 0));
    else if (closed[dir] && !ended[dir]) {
      ended[dir] = true;
      perform(other, dir === 'c2s' ? server.end(0) : client.end(0));
    }
    if (turn > 100_000) throw new Error(`no end: ${JSON.stringify(sent)} ${accounts.join('\n')}`);
  }
  const unused = server.account.finish();
  if (unused) accounts.push(accountOf(unused));
  return { sent, accounts };
}

/** Both directions are served sooner or later, in pieces of up to 200 bytes. */
const choices = fc.array(fc.nat(400), { minLength: 3, maxLength: 20 }).map((list) => [...list, 1, 2]);

function recordedBytes({ messages }: Recorded, dir: 'c2s' | 's2c'): string {
  return messages
    .filter((message) => message.dir === dir)
    .map(({ raw }) => textOf(raw))
    .join('');
}

describe('every session', () => {
  test.each(['strict', 'content'] as const)('replayed against itself does not diverge (%s)', (match) => {
    fc.assert(
      fc.property(randomSession, choices, (recorded, chosen) => {
        const { sent, accounts } = selfReplay(recorded, match, chosen);
        expect(accounts).toEqual([]);
        expect(sent.c2s).toBe(recordedBytes(recorded, 'c2s'));
        if (match === 'strict') expect(sent.s2c).toBe(recordedBytes(recorded, 's2c'));
      }),
      { numRuns: 200 },
    );
  });

  test("is answered with the same bytes, however the client's are split", () => {
    const pieces = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(randomSession, pieces, fc.constantFrom('strict', 'content'), (recorded, sizes, match) => {
        const plan = planSession(recorded.session, recorded.messages, { injected: 'leave-out' });
        const input = bytesOf(recordedBytes(recorded, 'c2s').replaceAll('"never"', '7'));
        const whole = repliesTo(plan, [input], { match });
        const bytewise = repliesTo(
          plan,
          Array.from(input, (byte) => Uint8Array.of(byte)),
          { match },
        );
        const split = repliesTo(plan, splitInto(input, sizes), { match });
        expect(bytewise).toBe(whole);
        expect(split).toBe(whole);
      }),
      { numRuns: 200 },
    );
  });
});

/** Whether the client sends the recorded messages, by number: what it asks it may leave out or ask again. */
const liberties = fc.array(fc.constantFrom(0, 1, 1, 1, 2, 5), { minLength: 1, maxLength: 12 });

describe('a client that asks more often or less', () => {
  test('has the answer to all that it does, each event once, and does not diverge', () => {
    fc.assert(
      fc.property(randomSession, liberties, fc.constantFrom(1, asap), (recorded, times, pace) => {
        const plan = planSession(recorded.session, recorded.messages, { injected: 'leave-out' });
        const server = new ReplayedServer(plan, serverOptions({ match: 'content', pace }));
        const said: string[] = [];
        const diverged: string[] = [];
        const state = { now: 0, isOver: false };
        const note = (actions: ReturnType<typeof server.tick>): void => {
          for (const action of actions) {
            if (action.do === 'send') said.push(textOf(action.bytes).trim());
            else if (action.do === 'diverge') diverged.push(accountOf(action.divergence));
            else if (action.do === 'close') state.isOver = true;
          }
        };
        note(server.connect(state.now));
        const inputs = plan.steps.filter(
          ({ message: { dir, kind } }) => dir === 'c2s' && (kind === 'command' || kind === 'sync'),
        );
        // Garbage and half a message take what follows them.
        fc.pre(plan.steps.every(({ message: { dir, kind } }) => dir === 's2c' || kind === 'command'));
        let answers = 0;
        for (const [at, { message }] of inputs.entries()) {
          const count = isQuestion(message) ? times[at % times.length]! : 1;
          for (let again = 0; again < count && !state.isOver; again++) {
            state.now += 1e6;
            note(server.receive(message.raw.slice(), state.now));
            answers += 1;
          }
        }
        for (let tick = 0; tick < 50 && !state.isOver; tick++) note(server.tick((state.now += 1e9)));
        expect(diverged).toEqual([]);
        const events = said.filter((text) => text.includes('"event"'));
        const recordedEvents = plan.steps.filter(({ message }) => message.kind === 'event');
        expect(events).toHaveLength(state.isOver ? events.length : recordedEvents.length);
        if (!state.isOver && plan.unanswered.size === 0)
          expect(said.filter((text) => /"(?:return|error)"/.test(text))).toHaveLength(answers);
      }),
      { numRuns: 300 },
    );
  });
});

function splitInto(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length]!;
    pieces.push(bytes.subarray(at, at + size));
    at += size;
  }
  return pieces;
}

test('two hundred runs of each kind give one SHA-256', () => {
  const [recorded] = fc.sample(randomSession, { numRuns: 1, seed: 42 });
  const plan = planSession(recorded!.session, recorded!.messages, { injected: 'leave-out' });
  const input = bytesOf(recordedBytes(recorded!, 'c2s'));
  for (const match of ['strict', 'content'] as const) {
    const hashes = fc
      .sample(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }), { numRuns: 200, seed: 7 })
      .map((sizes) =>
        createHash('sha256')
          .update(repliesTo(plan, splitInto(input, sizes), { match }), 'latin1')
          .digest('hex'),
      );
    expect(new Set(hashes).size).toBe(1);
  }
});
