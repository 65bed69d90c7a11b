/**
 * The tap of one session: two framers, one correlator, and the count of messages.
 * `tap.ts` keeps one for each open session.
 */
import { type Awaiting, Correlator, type CorrelatorState } from '../qmp/correlate.js';
import { readGreeting } from '../qmp/greeting.js';
import { idKey } from '../qmp/id.js';
import { readRefusal, rulesOfVersion } from '../qmp/input-rules.js';
import { returnedValue, syncValue } from '../qmp/sync.js';
import type { MessageKind } from '../recording/message.js';
import type { Chunk, RecordingWriter } from '../recording/ports.js';
import type { Dialect, SessionEnd } from '../recording/session.js';
import { type Framed, type Held, Leg, type LegOwner, type LegState } from './leg.js';

/** Can be cloned structurally. */
export interface SessionTapState {
  readonly id: number;
  /** When the session began, nanoseconds of a monotonic clock. */
  readonly start: number;
  readonly dialect: Dialect | undefined;
  readonly correlator: CorrelatorState;
  readonly seq?: number;
  readonly latest?: number;
  /** The server counts lines and columns from a time that we do not know. */
  readonly unplaced?: boolean;
  readonly client?: LegState;
  readonly server?: LegState;
}

/** `3:1: ` of `3:1: JSON parse error, …`. */
const placeOfRefusal = /^\d+:\d+: (?=JSON parse error, )/;

export class SessionTap implements LegOwner {
  readonly #id: number;
  readonly #start: number;
  readonly #writer: RecordingWriter;
  readonly #correlator: Correlator;
  readonly #client: Leg;
  readonly #server: Leg;
  #dialect: Dialect | undefined;
  #seq: number;
  /** Of the chunk that is being taken: its time is not known. */
  #untimed = false;
  #unplaced: boolean;
  /** When the last chunk came, on the clock of `chunk`. */
  latest: number;

  constructor(writer: RecordingWriter, state: SessionTapState) {
    this.#writer = writer;
    this.#id = state.id;
    this.#start = state.start;
    this.#dialect = state.dialect;
    this.#seq = state.seq ?? 0;
    this.#unplaced = state.unplaced ?? false;
    this.latest = state.latest ?? state.start;
    this.#correlator = new Correlator(state.correlator);
    this.#client = new Leg(this, 'c2s', state.client);
    this.#server = new Leg(this, 's2c', state.server);
  }

  chunk({ dir, t, bytes, fds }: Chunk): void {
    this.#untimed = Number.isNaN(t);
    if (!this.#untimed) this.latest = t;
    (dir === 'c2s' ? this.#client : this.#server).push(this.latest - this.#start, bytes, fds);
    this.#untimed = false;
  }

  inject(t: number, bytes: Uint8Array): void {
    this.latest = t;
    new Leg(this, 'c2s', undefined, true).push(t - this.#start, bytes, 0);
    this.#client.passOver(bytes);
  }

  /** Gives what is still unanswered. */
  close(t: number, end: SessionEnd, reason: string | undefined): Awaiting[] {
    const ended = t - this.#start;
    for (const leg of [this.#client, this.#server]) {
      leg.end(ended);
      if (leg.waitingFds > 0) {
        this.#writer.updateSession(this.#id, {
          note: `${leg.waitingFds} descriptors came with no message to carry them`,
        });
      }
    }
    this.#writer.updateSession(this.#id, { dialect: this.#dialect ?? 'qmp', ended, end, endReason: reason });
    return this.#correlator.unanswered();
  }

  save(): SessionTapState {
    return {
      id: this.#id,
      start: this.#start,
      dialect: this.#dialect,
      correlator: this.#correlator.save(),
      seq: this.#seq,
      latest: this.latest,
      unplaced: this.#unplaced,
      client: this.#client.save(),
      server: this.#server.save(),
    };
  }

  understand({ dir, t, raw, what, fds, injected, doubtful }: Framed): Held {
    // What the client said before may be a message only by the rules that this tells of: it has the lower number.
    if (dir === 's2c' && !this.#client.decided) this.#learnRules(what.kind, raw);
    const message: Held = {
      session: this.#id,
      seq: ++this.#seq,
      dir,
      t,
      untimed: this.#untimed ? true : undefined,
      kind: what.kind,
      name: what.name,
      id: what.id,
      oob: what.oob,
      replyTo: undefined,
      command: undefined,
      latency: undefined,
      late: undefined,
      problem: this.#unplaced ? what.problem?.replace(placeOfRefusal, '') : what.problem,
      fds,
      injected,
      raw,
    };
    if (what.kind === 'greeting') this.#greet(raw);
    else if (dir === 'c2s') this.#expect(message, doubtful);
    else if (what.kind === 'success' || what.kind === 'error') this.#pair(message, what.kind);
    return message;
  }

  write(message: Held): void {
    this.#writer.add(message);
  }

  append(seq: number, bytes: Uint8Array): void {
    this.#writer.append(this.#id, seq, bytes);
  }

  /** By the greeting's version; where there is none, by the words of the first message that is refused. */
  #learnRules(kind: MessageKind, raw: Uint8Array): void {
    const rules =
      kind === 'greeting'
        ? rulesOfVersion(readGreeting(raw).qemu)
        : kind === 'error'
          ? readRefusal(raw).rules
          : undefined;
    if (rules === undefined) return;
    // A monitor counts from its greeting on, an agent from its start, sessions ago.
    this.#unplaced = kind !== 'greeting';
    this.#client.decide(rules);
    if (rules === 'eager') this.#correlator.forgetDoubtful();
  }

  #greet(raw: Uint8Array): void {
    this.#recognise('qmp');
    this.#writer.updateSession(this.#id, { version: readGreeting(raw) });
  }

  #recognise(dialect: Dialect): void {
    if (this.#dialect !== undefined) return;
    this.#dialect = dialect;
    this.#writer.updateSession(this.#id, { dialect });
  }

  #expect(message: Held, doubtful: boolean): void {
    if (message.kind === 'partial') return;
    if (message.name !== undefined) this.#recognise(message.name.startsWith('guest-') ? 'qga' : 'qmp');
    this.#correlator.expect({
      session: this.#id,
      seq: message.seq,
      name: message.name,
      id: message.id === undefined ? undefined : idKey(message.id),
      oob: message.oob,
      sync: message.name?.startsWith('guest-sync') === true ? syncValue(message.raw) : undefined,
      t: message.untimed === true ? undefined : message.t,
      injected: message.injected,
      doubtful: doubtful || undefined,
    });
  }

  #pair(message: Held, kind: 'success' | 'error'): void {
    const asked = this.#correlator.answer({
      id: message.id === undefined ? undefined : idKey(message.id),
      kind,
      returned: () => returnedValue(message.raw),
      refused: () => readRefusal(message.raw).refused,
    });
    if (asked === undefined) {
      message.problem = 'answers no command';
      return;
    }
    message.command = asked.name;
    message.oob = asked.oob;
    message.injected = asked.injected;
    if (asked.session === this.#id) {
      message.replyTo = asked.seq;
      // At one tick of a log's coarse clock it is not known how long it took.
      if (asked.t !== undefined && message.untimed !== true && message.t > asked.t) {
        message.latency = message.t - asked.t;
      }
    } else {
      message.late = { session: asked.session, seq: asked.seq };
    }
  }
}
