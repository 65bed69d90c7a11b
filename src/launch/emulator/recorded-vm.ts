/**
 * A recording as a VM to be played back: which of its sessions belong to a start of QEMU, and with what
 * values that must be current (thread ids) in place of the recorded ones.
 */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Message } from '../../recording/message.js';
import type { RecordingReader } from '../../recording/ports.js';
import type { Dialect, Session } from '../../recording/session.js';
import { openRecording } from '../../store/index/open.js';
import { isProbing } from '../qemu/vm-label.js';

/** What a session must be to be played. */
export interface Wanted {
  /** Undefined: any session that is not libvirt's probing. */
  readonly label: string | undefined;
  readonly dialect: Dialect;
}

/** The recordings that these paths mean; of a folder all in it, the newest first. */
export function recordingsIn(paths: readonly string[]): string[] {
  return paths.flatMap((path) => {
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return [path];
    const found = readdirSync(path).flatMap((name) => {
      // A link may lead nowhere, and a recorder with `--keep` may have just removed one.
      const stat = name.endsWith('.qmptap')
        ? statSync(join(path, name), { throwIfNoEntry: false })
        : undefined;
      return stat === undefined ? [] : [{ path: join(path, name), changed: stat.mtimeMs }];
    });
    return found.sort((a, b) => b.changed - a.changed).map((one) => one.path);
  });
}

/**
 * Opens the first of the recordings that holds such sessions, reduced to them; failing that, one with a VM of
 * any other name. Undefined if there is none. `threads` are live ones, to stand for QEMU's.
 * @throws RecordingError if one cannot be read
 */
export function openVm(
  recordings: readonly string[],
  wanted: Wanted,
  threads: readonly number[],
): RecordingReader | undefined {
  for (const exact of wanted.label === undefined || isProbing(wanted.label) ? [true] : [true, false]) {
    for (const path of recordings) {
      const reader = openRecording(path);
      const fits = (session: Session): boolean => {
        if (session.dialect !== wanted.dialect || session.messages === 0) return false;
        if (exact && wanted.label !== undefined) return session.label === wanted.label;
        return !isProbing(session.label);
      };
      if (reader.sessions().some(fits)) return new RecordedVm(reader, fits, threads);
      reader.close();
    }
  }
  return undefined;
}

/** QEMU tells that it was killed: something that is done to it, and will be done to who plays it. */
function isKilled({ kind, name, raw }: Message): boolean {
  return kind === 'event' && name === 'SHUTDOWN' && Buffer.from(raw).includes('"host-signal"');
}

/** The end of a QEMU that was killed is nothing to play: it comes when this one is. */
function asPlayed(session: Session): Session {
  return { ...session, end: 'cut-off' };
}

/** A recording seen through the eyes of one who plays it as QEMU. */
class RecordedVm implements RecordingReader {
  readonly #reader: RecordingReader;
  readonly #fits: (session: Session) => boolean;
  readonly #threads: readonly number[];
  /** The recorded threads, in the order in which they were first told of. */
  readonly #recorded: string[] = [];

  constructor(reader: RecordingReader, fits: (session: Session) => boolean, threads: readonly number[]) {
    this.#reader = reader;
    this.#fits = fits;
    this.#threads = threads;
  }

  get info(): RecordingReader['info'] {
    return this.#reader.info;
  }

  sessions(): readonly Session[] {
    return this.#reader.sessions().filter(this.#fits).map(asPlayed);
  }

  session(id: number): Session | undefined {
    const session = this.#reader.session(id);
    return session !== undefined && this.#fits(session) ? asPlayed(session) : undefined;
  }

  *messages(range?: Parameters<RecordingReader['messages']>[0]): Iterable<Message> {
    for (const message of this.#reader.messages(range)) if (!isKilled(message)) yield this.#now(message);
  }

  message(session: number, seq: number): Message | undefined {
    const message = this.#reader.message(session, seq);
    return message && this.#now(message);
  }

  responseTo(session: number, seq: number): Message | undefined {
    const message = this.#reader.responseTo(session, seq);
    return message && this.#now(message);
  }

  count(): number {
    return this.#reader.count();
  }

  close(): void {
    this.#reader.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** libvirt pins the threads that it is told of, and finds them in /proc: they must be there. */
  #now(message: Message): Message {
    if (message.kind !== 'success' || !/^query-(?:cpus|iothreads)/.test(message.command ?? ''))
      return message;
    const text = Buffer.from(message.raw).toString('latin1');
    const live = text.replace(
      /("thread[-_]id": ?)(\d+)/g,
      (_, key: string, id: string) => key + this.#live(id),
    );
    return live === text ? message : { ...message, raw: Buffer.from(live, 'latin1') };
  }

  /** One thread for each, as far as they go; libvirt takes the process's own number for no thread at all. */
  #live(recorded: string): string {
    if (!this.#recorded.includes(recorded)) this.#recorded.push(recorded);
    const thread = this.#threads[this.#recorded.indexOf(recorded) % this.#threads.length];
    return thread === undefined ? recorded : String(thread);
  }
}
