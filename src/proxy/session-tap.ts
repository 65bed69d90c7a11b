/**
 * The tap of one session: two framers, one correlator, and the count of messages.
 * `tap.ts` keeps one for each open session.
 */
import { canonicalJson } from '../json/canonical.js';
import { classicInput, serverOutput } from '../json/framer-profile.js';
import { Framer, type FramerState, type FrameSink } from '../json/framer.js';
import { parseJson } from '../json/parse.js';
import { scanMembers } from '../json/scan.js';
import { isObject } from '../json/value.js';
import { type Awaiting, Correlator, type CorrelatorState } from '../qmp/correlate.js';
import { readGreeting } from '../qmp/greeting.js';
import { idKey } from '../qmp/id.js';
import { type Classified, classifyClient, classifyServer } from '../qmp/message.js';
import type { Direction } from '../recording/message.js';
import type { NewMessage, RecordingWriter } from '../recording/ports.js';
import type { Dialect, SessionEnd } from '../recording/session.js';

/** Can be cloned structurally. */
export interface SessionTapState {
  readonly id: number;
  /** When the session began, nanoseconds of a monotonic clock. */
  readonly start: number;
  readonly dialect: Dialect | undefined;
  readonly correlator: CorrelatorState;
  readonly seq?: number;
  readonly latest?: number;
  readonly client?: LegState;
  readonly server?: LegState;
}

interface LegState {
  readonly framer: FramerState;
  readonly waitingFds: number;
  readonly lastSeq: number;
}

/** Between a frame and what follows it in the same chunk, so that both are written at once. */
type Held = { -readonly [Key in keyof NewMessage]: NewMessage[Key] };

export class SessionTap {
  readonly #id: number;
  readonly #start: number;
  readonly #writer: RecordingWriter;
  readonly #correlator: Correlator;
  readonly #client: Leg;
  readonly #server: Leg;
  #dialect: Dialect | undefined;
  #seq: number;
  /** When the last chunk came, on the clock of `chunk`. */
  latest: number;

  constructor(writer: RecordingWriter, state: SessionTapState) {
    this.#writer = writer;
    this.#id = state.id;
    this.#start = state.start;
    this.#dialect = state.dialect;
    this.#seq = state.seq ?? 0;
    this.latest = state.latest ?? state.start;
    this.#correlator = new Correlator(state.correlator);
    this.#client = new Leg(this, 'c2s', state.client);
    this.#server = new Leg(this, 's2c', state.server);
  }

  chunk(dir: Direction, t: number, bytes: Uint8Array, fds: number): void {
    this.latest = t;
    (dir === 'c2s' ? this.#client : this.#server).push(t - this.#start, bytes, fds);
  }

  inject(t: number, bytes: Uint8Array): void {
    this.latest = t;
    new Leg(this, 'c2s', undefined, true).push(t - this.#start, bytes, 0);
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
      client: this.#client.save(),
      server: this.#server.save(),
    };
  }

  /** Makes a message of a frame, with the next number. */
  understand(
    dir: Direction,
    t: number,
    raw: Uint8Array,
    what: Classified,
    fds: number,
    injected: boolean,
  ): Held {
    const message: Held = {
      session: this.#id,
      seq: ++this.#seq,
      dir,
      t,
      kind: what.kind,
      name: what.name,
      id: what.id,
      oob: what.oob,
      replyTo: undefined,
      command: undefined,
      latency: undefined,
      late: undefined,
      problem: what.problem,
      fds,
      injected,
      raw,
    };
    if (what.kind === 'greeting') this.#greet(raw);
    else if (dir === 'c2s') this.#expect(message);
    else if (what.kind === 'success' || what.kind === 'error') this.#pair(message, what.kind);
    return message;
  }

  write(message: Held): void {
    this.#writer.add(message);
  }

  append(seq: number, bytes: Uint8Array): void {
    this.#writer.append(this.#id, seq, bytes);
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

  #expect(message: Held): void {
    if (message.kind === 'partial') return;
    if (message.name !== undefined) this.#recognise(message.name.startsWith('guest-') ? 'qga' : 'qmp');
    this.#correlator.expect({
      session: this.#id,
      seq: message.seq,
      name: message.name,
      id: message.id === undefined ? undefined : idKey(message.id),
      oob: message.oob,
      sync: message.name?.startsWith('guest-sync') === true ? syncValue(message.raw) : undefined,
      t: message.t,
      injected: message.injected,
    });
  }

  #pair(message: Held, kind: 'success' | 'error'): void {
    const asked = this.#correlator.answer({
      id: message.id === undefined ? undefined : idKey(message.id),
      kind,
      returned: () => returnedValue(message.raw),
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
      message.latency = message.t - asked.t;
    } else {
      message.late = { session: asked.session, seq: asked.seq };
    }
  }
}

/** One direction of a session. */
class Leg implements FrameSink {
  readonly #tap: SessionTap;
  readonly #dir: Direction;
  readonly #framer: Framer;
  readonly #injected: boolean;
  #lastSeq: number;
  #held: Held | undefined;
  #t = 0;
  #chunk: Uint8Array | undefined;
  #ending = false;
  /** Descriptors that wait for the message that carried them to be complete. */
  waitingFds: number;

  constructor(tap: SessionTap, dir: Direction, state?: LegState, injected = false) {
    this.#tap = tap;
    this.#dir = dir;
    this.#framer = new Framer(dir === 'c2s' ? classicInput : serverOutput, state?.framer);
    this.#lastSeq = state?.lastSeq ?? 0;
    this.#injected = injected;
    this.waitingFds = state?.waitingFds ?? 0;
  }

  push(t: number, bytes: Uint8Array, fds: number): void {
    this.#t = t;
    this.waitingFds += fds;
    this.#chunk = bytes;
    this.#framer.push(bytes, this);
    this.#release();
    this.#chunk = undefined;
  }

  end(t: number): void {
    this.#t = t;
    this.#ending = true;
    this.#framer.end(this);
    this.#release();
  }

  frame(bytes: Uint8Array, problem: string | undefined): void {
    this.#release();
    // What does not lie in the chunk lies in the framer's buffer, which the next frame uses again.
    const raw = bytes.buffer === this.#chunk?.buffer ? bytes : bytes.slice();
    const held = this.#tap.understand(
      this.#dir,
      this.#t,
      raw,
      this.#classify(raw, problem),
      this.waitingFds,
      this.#injected,
    );
    this.waitingFds = 0;
    this.#lastSeq = held.seq;
    this.#held = held;
  }

  trailer(bytes: Uint8Array): void {
    const held = this.#held;
    if (held !== undefined) held.raw = joined(held.raw, bytes);
    else if (this.#lastSeq > 0) this.#tap.append(this.#lastSeq, bytes);
    else this.frame(bytes, undefined); // white space and nothing else, up to the close
  }

  save(): LegState {
    return { framer: this.#framer.save(), waitingFds: this.waitingFds, lastSeq: this.#lastSeq };
  }

  #classify(bytes: Uint8Array, problem: string | undefined): Classified {
    if (this.#ending)
      return { kind: 'partial', name: undefined, id: undefined, oob: false, problem: undefined };
    return this.#dir === 'c2s' ? classifyClient(bytes, problem) : classifyServer(bytes, problem);
  }

  #release(): void {
    if (this.#held === undefined) return;
    this.#tap.write(this.#held);
    this.#held = undefined;
  }
}

/** Two stretches as one, without a copy where they lie side by side in one chunk. */
function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (first.buffer === second.buffer && first.byteOffset + first.length === second.byteOffset) {
    return new Uint8Array(first.buffer, first.byteOffset, first.length + second.length);
  }
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

function syncValue(raw: Uint8Array): string | undefined {
  try {
    const command = parseJson(raw);
    const given = isObject(command) ? command.get('arguments') : undefined;
    const id = isObject(given) ? given.get('id') : undefined;
    return id === undefined ? undefined : canonicalJson(id);
  } catch {
    return undefined;
  }
}

function returnedValue(raw: Uint8Array): string | undefined {
  const extent = scanMembers(raw)?.find((member) => member.key === 'return');
  // A sync returns an int64, at most 20 digits.
  if (extent === undefined || extent.end - extent.start > 32) return undefined;
  try {
    return canonicalJson(parseJson(raw.subarray(extent.start, extent.end)));
  } catch {
    return undefined;
  }
}
