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
import type { StartKind } from '../qemu/qemu-arguments.js';
import { isProbing } from '../qemu/vm-label.js';
import { recordedStarts } from './recorded-start.js';

/** What a session must be to be played. */
export interface Wanted {
  /** Undefined: any session that is not libvirt's probing. */
  readonly label: string | undefined;
  readonly dialect: Dialect;
  /** How QEMU is started. */
  readonly start: StartKind;
}

/** The recording that is played as a VM. */
export interface ChosenVm {
  readonly reader: RecordingReader;
  readonly path: string;
  /** What it is not that was wanted; undefined if it is all that. */
  readonly but: string | undefined;
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
 * Opens the recording that fits best, reduced to the sessions that fit: of this VM before another's, and of such a start
 * before another kind; of several that fit alike, the first. Undefined if there is none. `threads` are live ones, to
 * stand for QEMU's.
 * @throws RecordingError if one cannot be read
 */
export function openVm(
  recordings: readonly string[],
  wanted: Wanted,
  threads: readonly number[],
): ChosenVm | undefined {
  let best: (Candidate & { readonly reader: RecordingReader; readonly path: string }) | undefined;
  for (const path of recordings) {
    const reader = openRecording(path);
    const found = bestIn(reader, wanted);
    if (found === undefined || (best !== undefined && best.misses <= found.misses)) {
      reader.close();
      continue;
    }
    best?.reader.close();
    best = { ...found, reader, path };
    if (found.misses === 0) break;
  }
  if (best === undefined) return undefined;
  const { sessions, but, path } = best;
  return { reader: new RecordedVm(best.reader, sessions, threads), path, but };
}

/** Sessions that could be played, and by how much they miss what is wanted. */
interface Candidate {
  readonly sessions: ReadonlySet<number>;
  readonly misses: number;
  readonly but: string | undefined;
}

function bestIn(reader: RecordingReader, { label, dialect, start }: Wanted): Candidate | undefined {
  const probing = label !== undefined && isProbing(label);
  const usable = reader.sessions().filter((session) => session.dialect === dialect && session.messages > 0);
  const named = usable.filter((session) => session.label === label);
  const fitting = named.length > 0 || probing ? named : usable.filter((session) => !isProbing(session.label));
  const [first] = fitting;
  if (first === undefined) return undefined;
  const other =
    label === undefined || named.length > 0 ? undefined : `of VM ${first.label ?? 'without a name'}`;
  if (probing) return { sessions: numbersOf(fitting), misses: 0, but: undefined };
  const starts = recordedStarts(reader, reader.sessions());
  const missesOf = ({ id }: Session): number => {
    const recorded = starts.get(id);
    if (recorded?.kind === undefined) return start === 'plain' ? 1 : 2;
    return (recorded.kind === start ? 0 : 4) + (recorded.later ? 1 : 0);
  };
  const misses = Math.min(...fitting.map(missesOf));
  const chosen = fitting.filter((session) => missesOf(session) === misses);
  const kind = chosen[0] && starts.get(chosen[0].id)?.kind;
  const otherKind = kind === undefined || kind === start ? undefined : `of ${kindNames[kind]}`;
  return {
    sessions: numbersOf(chosen),
    misses: misses + (other === undefined ? 0 : 8),
    but: [other, otherKind].filter((one) => one !== undefined).join(', ') || undefined,
  };
}

const kindNames: Record<StartKind, string> = {
  plain: 'a start without -incoming and -loadvm',
  incoming: 'a start with -incoming',
  loadvm: 'a start with -loadvm',
};

function numbersOf(sessions: readonly Session[]): ReadonlySet<number> {
  return new Set(sessions.map(({ id }) => id));
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
  readonly #chosen: ReadonlySet<number>;
  readonly #threads: readonly number[];
  /** The recorded threads, in the order in which they were first told of. */
  readonly #recorded: string[] = [];

  constructor(reader: RecordingReader, chosen: ReadonlySet<number>, threads: readonly number[]) {
    this.#reader = reader;
    this.#chosen = chosen;
    this.#threads = threads;
  }

  get info(): RecordingReader['info'] {
    return this.#reader.info;
  }

  sessions(): readonly Session[] {
    return this.#reader
      .sessions()
      .filter(({ id }) => this.#chosen.has(id))
      .map(asPlayed);
  }

  session(id: number): Session | undefined {
    const session = this.#reader.session(id);
    return session !== undefined && this.#chosen.has(id) ? asPlayed(session) : undefined;
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
