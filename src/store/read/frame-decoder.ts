/**
 * Makes messages of rows. A file may have been damaged or made up: whatever does not fit is an error,
 * never a message that is wrong.
 */
import { messageKinds, type Message } from '../../recording/message.js';
import type { Connection, Statement } from '../disk/connect.js';
import { flags, noName } from '../rows/frame-flags.js';

/** What a row is made of, in the order in which `frameColumns` are selected. */
export type FrameRow = readonly unknown[];

export const frameColumns =
  'n, session, seq, dir, kind, t, name, id, pair, latency, late_session, late_seq, flags, fds, problem, body, raw';

/** What a message alone does not say of its exchange. */
export interface Decoded {
  readonly message: Message;
  /** On a command: that it was answered. */
  readonly answer: { readonly latency: number | undefined } | undefined;
}

/** A row that cannot be what was written. */
export class DamagedRow extends Error {}

/** Large frames mostly come again: the last few are kept. */
const keptBodies = 4;

export class FrameDecoder {
  readonly #name: Statement;
  readonly #body: Statement;
  readonly #parts: Statement;
  readonly #names = new Map<number, string>();
  readonly #bodies = new Map<number, Uint8Array>();

  constructor(db: Connection) {
    this.#name = db.prepare('SELECT name FROM name WHERE id = ?').pluck();
    this.#body = db.prepare('SELECT bytes FROM body WHERE id = ?').pluck();
    this.#parts = db.prepare('SELECT bytes FROM part WHERE n = ? ORDER BY part').pluck();
  }

  /** @throws DamagedRow, or SQLite's error */
  decode(row: FrameRow): Decoded {
    const [
      n,
      session,
      seq,
      dir,
      kind,
      t,
      name,
      id,
      pair,
      latency,
      lateSession,
      lateSeq,
      bits,
      fds,
      problem,
      body,
      raw,
    ] = row;
    const index = readInteger(n);
    const known = messageKinds[readInteger(kind)];
    if (known === undefined || !(raw instanceof Uint8Array))
      throw new DamagedRow(`message ${index} is damaged`);
    const response = known === 'success' || known === 'error';
    const called = name === null || name === noName ? undefined : this.#nameOf(readInteger(name));
    const flag = readOptional(bits, readInteger) ?? 0;
    const fromServer = readInteger(dir) !== 0;
    const half = readOptional(pair, readInteger);
    const took = readOptional(latency, readInteger);
    const message: Message = {
      index,
      session: readInteger(session),
      seq: readInteger(seq),
      dir: fromServer ? 's2c' : 'c2s',
      t: readInteger(t),
      kind: known,
      name: response ? undefined : called,
      id: readOptional(id, readText),
      oob: (flag & flags.oob) !== 0,
      replyTo: fromServer ? half : undefined,
      command: response ? called : undefined,
      latency: fromServer ? took : undefined,
      late:
        lateSession === null ? undefined : { session: readInteger(lateSession), seq: readInteger(lateSeq) },
      problem: readOptional(problem, readText),
      fds: readOptional(fds, readInteger) ?? 0,
      injected: (flag & flags.injected) !== 0,
      untimed: (flag & flags.untimed) !== 0 ? true : undefined,
      raw: body === null && (flag & flags.parts) === 0 ? raw : this.#whole(index, body, raw, flag),
    };
    return {
      message,
      answer: known === 'command' && half !== undefined ? { latency: took } : undefined,
    };
  }

  #nameOf(id: number): string {
    const known = this.#names.get(id);
    if (known !== undefined) return known;
    const name = readText(this.#name.get(id));
    this.#names.set(id, name);
    return name;
  }

  /** The frame's bytes from wherever they lie. */
  #whole(n: number, body: unknown, raw: Uint8Array, flag: number): Uint8Array {
    const pieces = [raw];
    if (body !== null) pieces.unshift(this.#bodyOf(readInteger(body)));
    if ((flag & flags.parts) !== 0) pieces.push(...this.#parts.all(n).map(bytes));
    return Buffer.concat(pieces);
  }

  #bodyOf(id: number): Uint8Array {
    const known = this.#bodies.get(id);
    if (known !== undefined) return known;
    const body = bytes(this.#body.get(id));
    const [oldest] = this.#bodies.keys();
    if (oldest !== undefined && this.#bodies.size >= keptBodies) this.#bodies.delete(oldest);
    this.#bodies.set(id, body);
    return body;
  }
}

/** Of SQLite's, so that what is reckoned with a few of them is still a number. */
const largestInteger = 2 ** 63;

export function readInteger(value: unknown): number {
  if (typeof value === 'number' && Number.isInteger(value) && Math.abs(value) <= largestInteger) return value;
  throw new DamagedRow('a number in it is damaged');
}

export function readText(value: unknown): string {
  if (typeof value === 'string') return value;
  throw new DamagedRow('a text in it is damaged');
}

export function readOptional<T>(value: unknown, read: (value: unknown) => T): T | undefined {
  return value === null || value === undefined ? undefined : read(value);
}

function bytes(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value;
  throw new DamagedRow('a frame in it is damaged');
}
