/**
 * Takes JSON lines back into a recording: from `raw` and the times alone, so that the result is what the
 * recorder would have made. Lines made by hand may leave out what can be found out.
 */
import { parseIsoTime } from '../../text/time.js';
import type { MessageRef } from '../../recording/message.js';
import { Retelling, type RetoldSession } from '../../recording/retell.js';
import { type Peer, sessionEndOf } from '../../recording/session.js';
import { type Importer, type ImportTarget, whenKnown } from '../import.js';
import { binaryText } from '../wire.js';

const encoder = new TextEncoder();

type Line = Readonly<Record<string, unknown>>;

export class JsonlImporter implements Importer {
  readonly #target: ImportTarget;
  readonly #told: Retelling;
  /** When the last message of each open session came. */
  readonly #latest = new Map<number, number>();
  /** The message before: a mark on it may follow. */
  #last: { readonly session: unknown; readonly seq: unknown; readonly place: MessageRef } | undefined;
  #warned = false;

  constructor(target: ImportTarget) {
    this.#target = target;
    this.#told = new Retelling(target.sink);
  }

  line(text: string, number: number): void {
    const bare = binaryText(text).trim();
    if (bare === '') return;
    let line: unknown;
    try {
      line = JSON.parse(bare);
    } catch {
      this.#target.skip(number, 'no JSON');
      return;
    }
    if (typeof line !== 'object' || line === null || Array.isArray(line)) {
      this.#target.skip(number, 'a JSON value that is no object');
      return;
    }
    this.#take(line as Line, number);
  }

  end(): void {
    this.#told.end();
  }

  #take(line: Line, number: number): void {
    switch (line['type']) {
      case 'recording':
        break; // about the recording that was exported; the new one tells this of itself
      case 'session':
        this.#takeSession(line, number);
        break;
      case 'message':
        this.#takeMessage(line, number);
        break;
      case 'mark':
        this.#takeMark(line, number);
        break;
      default:
        this.#target.skip(number, 'neither a recording, a session, a message nor a mark');
    }
  }

  #takeSession(line: Line, number: number): void {
    const id = line['session'];
    if (typeof id !== 'number' || this.#told.isOpen(id)) {
      this.#target.skip(number, 'a session without a number of its own');
      return;
    }
    this.#open(sessionOf(id, line, this.#target));
  }

  #takeMark({ session, seq, note }: Line, number: number): void {
    const marked = this.#last;
    if (marked === undefined || marked.session !== session || marked.seq !== seq) {
      this.#target.skip(number, 'a mark that does not follow its message');
      return;
    }
    this.#target.mark?.({ ...marked.place, note: typeof note === 'string' ? note : undefined });
  }

  #takeMessage(line: Line, number: number): void {
    const { session, dir, t, seq } = line;
    const raw = rawOf(line);
    if (raw === undefined || (dir !== 'c2s' && dir !== 's2c') || typeof session !== 'number') {
      this.#target.skip(number, 'a message without session, dir and raw');
      return;
    }
    if (!this.#told.isOpen(session)) {
      if (!this.#warned)
        this.#target.skip(number, 'messages before the line of their session; it is made up');
      this.#warned = true;
      this.#open(sessionOf(session, {}, this.#target));
    }
    const latest = this.#latest.get(session) ?? 0;
    const time = Math.max(latest, nanosecondsOf(t) ?? latest);
    this.#latest.set(session, time);
    const fds = line['fds'];
    const place = this.#told.message(session, {
      dir,
      t: time,
      raw,
      fds: typeof fds === 'number' && fds > 0 && fds < 1000 ? Math.floor(fds) : 0,
      untimed: line['untimed'] === true ? true : undefined,
      injected: line['injected'] === true,
    });
    this.#last = place && { session, seq, place };
  }

  #open(session: RetoldSession): void {
    this.#told.open(session);
    this.#latest.set(session.id, 0);
  }
}

/** Of a line's seconds; undefined where they are none that a clock can count. */
function nanosecondsOf(seconds: unknown): number | undefined {
  if (typeof seconds !== 'number' || seconds < 0) return undefined;
  const micros = whenKnown(Math.round(seconds * 1e6));
  return micros === undefined ? undefined : micros * 1000;
}

function rawOf({ raw, rawBase64 }: Line): Uint8Array | undefined {
  if (typeof raw === 'string') return encoder.encode(raw);
  if (typeof rawBase64 !== 'string') return undefined;
  try {
    return Uint8Array.from(atob(rawBase64), (unit) => unit.charCodeAt(0));
  } catch {
    return undefined;
  }
}

function sessionOf(id: number, line: Line, target: ImportTarget): RetoldSession {
  const text = (key: string): string | undefined => {
    const value = line[key];
    return typeof value === 'string' ? value : undefined;
  };
  const { duration, notes, messages } = line;
  const dialect = text('dialect');
  return {
    id,
    label: text('label'),
    dialect: dialect === 'qmp' || dialect === 'qga' ? dialect : undefined,
    client: peerOf(line['client'], target),
    server: peerOf(line['server'], target),
    started: parseIsoTime(text('started') ?? '') ?? target.started,
    ended: nanosecondsOf(duration),
    end: sessionEndOf(line['end']),
    endReason: text('endReason'),
    messages: typeof messages === 'number' ? messages : undefined,
    notes: Array.isArray(notes) ? notes.filter((note) => typeof note === 'string') : [],
  };
}

function peerOf(value: unknown, { source }: ImportTarget): Peer {
  if (typeof value !== 'object' || value === null) return { address: source };
  const { address, pid, uid, gid, program } = value as Line;
  const number = (one: unknown): number | undefined => (typeof one === 'number' ? one : undefined);
  return {
    address: typeof address === 'string' ? address : source,
    pid: number(pid),
    uid: number(uid),
    gid: number(gid),
    program: typeof program === 'string' ? program : undefined,
  };
}
