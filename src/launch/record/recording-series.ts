/**
 * A recorder that is left on: begins a new file when the one before is large or old enough, at a moment when
 * a session begins, since a session that runs is never cut. So several files may be open, each until the
 * last session that began in it has ended. Without limits it is one file.
 */
import { existsSync, rmSync } from 'node:fs';
import type { Chunk, TrafficSink } from '../../recording/ports.js';
import type { SessionEnd, SessionStart } from '../../recording/session.js';
import type { RecordingFollower } from '../../store/follow/indexer-threads.js';
import { beginRecording, createRecording, type Recorder } from '../../store/index/recorder.js';
import { version } from '../../version.js';
import { checkLimits, isLimited, type RecordingLimits } from './recording-limits.js';
import type { RecordingPlace } from './recording-name.js';

/** What a recorder that is left on tells. */
export type SeriesEvent =
  | { readonly type: 'file-begun'; readonly path: string; readonly before: string }
  | { readonly type: 'file-finished'; readonly path: string; readonly messages: number | undefined }
  | { readonly type: 'file-removed'; readonly path: string }
  /** One line for the user; the traffic goes on. */
  | { readonly type: 'trouble'; readonly session: undefined; readonly text: string };

export interface SeriesOptions extends RecordingLimits {
  readonly place: RecordingPlace;
  /** Replace the file, if it is a single one. */
  readonly force?: boolean | undefined;
  readonly durable?: boolean | undefined;
  /** Its files say of what series they are, though nothing limits them: others may remove them. */
  readonly named?: boolean | undefined;
  /** Noted in the first session of each file; of the first one, `firstNote` if there is one. */
  readonly note?: string | undefined;
  readonly firstNote?: string | undefined;
  /** What indexes the files of many series; without it each file has a thread of its own. */
  readonly indexer?: RecordingFollower | undefined;
  readonly onEvent: (event: SeriesEvent) => void;
  /** Resolves when no part of this process reads the file any more. */
  readonly beforeFinish?: ((path: string) => Promise<void>) | undefined;
}

/** What became of one file. */
export interface RecordedFile {
  /** Where it is. */
  readonly path: string;
  /** Sessions are numbered through a series, so each of its files begins where another ended. */
  readonly firstSession: number;
  /** How many sessions began in it. */
  readonly sessions: number;
  /** Undefined if it could not be completed; the next one to open it does that. */
  readonly messages: number | undefined;
  /** Why it does not hold everything, if it does not. */
  readonly incomplete: string | undefined;
}

/** Each file that is open may cost a thread and some 20 MB. */
const mostOpen = 6;
/** A session that goes on is worth a word once it has gone this much further. */
const beyond = 1.1;
/** Others may look for a free name in the same moment. */
const attempts = 5;

/** One file, while it is open. */
interface Part {
  readonly recorder: Recorder;
  readonly firstSession: number;
  /** How many began in it, and how many of those have not ended. */
  sessions: number;
  open: number;
}

export class RecordingSeries implements TrafficSink {
  readonly #options: SeriesOptions;
  readonly #limited: boolean;
  /** Those that have not ended, each with the file that it is in. */
  readonly #running = new Map<number, Part>();
  readonly #retiring = new Map<Part, Promise<void>>();
  #lastRetired = Promise.resolve();
  #files: RecordedFile[] = [];
  #current: Part;
  #sessions = 0;
  #failureTold = false;
  /** Where a file is told to grow past its limit; once. */
  #tellAt: number | undefined;
  #finished: Promise<readonly RecordedFile[]> | undefined;

  private constructor(options: SeriesOptions, first: Part) {
    this.#options = options;
    this.#limited = isLimited(options);
    this.#tellAt = options.maxSize === undefined ? undefined : options.maxSize * beyond;
    this.#current = first;
    first.recorder.prune();
  }

  /**
   * Begins with a first file.
   * @throws OutputError if it cannot be made, UsageError for limits that are none
   */
  static async begin(options: SeriesOptions): Promise<RecordingSeries> {
    if (options.force !== true || options.place.series !== undefined)
      return RecordingSeries.beginNew(options);
    checkLimits(options);
    const path = options.place.next(new Date());
    const recorder = await createRecording(path, { ...recorderOptions(options, 1), force: true });
    return new RecordingSeries(options, partOf(recorder, 1));
  }

  /**
   * The same at once, and it never replaces anything.
   * @throws OutputError if the file cannot be made, UsageError for limits that are none
   */
  static beginNew(options: Omit<SeriesOptions, 'force'>): RecordingSeries {
    checkLimits(options);
    return new RecordingSeries(options, nextPart(options, 1));
  }

  /** The file in which the next session will probably be. */
  get path(): string {
    return this.#current.recorder.path;
  }

  /** How many sessions have begun. */
  get sessions(): number {
    return this.#sessions;
  }

  open(start: SessionStart, t: number): number {
    if (this.#isFull()) this.#beginNext();
    const part = this.#current;
    const session = part.recorder.open(start, t);
    if (part.sessions === 0) this.#begin(part, session, t);
    part.sessions++;
    part.open++;
    this.#sessions++;
    this.#running.set(session, part);
    return session;
  }

  chunk(session: number, chunk: Chunk): void {
    const part = this.#running.get(session);
    if (part === undefined) return;
    part.recorder.chunk(session, chunk);
    if (this.#tellAt === undefined || part.recorder.size <= this.#tellAt) return;
    this.#tellAt = undefined;
    const why = `session ${session} goes on in it and is never cut`;
    this.#trouble(
      `${part.recorder.path}: grows past its limit, since ${why}; the next session begins a new file`,
    );
  }

  inject(session: number, t: number, bytes: Uint8Array): void {
    this.#running.get(session)?.recorder.inject(session, t, bytes);
  }

  note(session: number, t: number, text: string): void {
    this.#running.get(session)?.recorder.note(session, t, text);
  }

  close(session: number, t: number, end: SessionEnd, reason: string | undefined): void {
    const part = this.#running.get(session);
    if (part === undefined) return;
    this.#running.delete(session);
    part.recorder.close(session, t, end, reason);
    part.open--;
    this.#retireIfOver(part);
  }

  /** Waits until all traffic so far can be read from the files, or never will be. */
  async flush(): Promise<void> {
    const parts = new Set([this.#current, ...this.#retiring.keys(), ...this.#running.values()]);
    await Promise.all([...parts].map((part) => part.recorder.flush()));
  }

  /** Ends the files that are open; says what became of all that are still there. The same answer every time. */
  finish(): Promise<readonly RecordedFile[]> {
    return (this.#finished ??= this.#finish());
  }

  /** Ends it, and leaves no file of it behind. */
  async abandon(): Promise<void> {
    for (const { path } of await this.finish()) rmSync(path, { force: true });
  }

  async #finish(): Promise<readonly RecordedFile[]> {
    const older = new Set(this.#running.values());
    older.delete(this.#current);
    for (const part of older) this.#retire(part);
    await Promise.all(this.#retiring.values());
    this.#current.recorder.prune();
    await this.#complete(this.#current);
    return this.#files.sort((a, b) => a.firstSession - b.firstSession);
  }

  #isFull(): boolean {
    if (!this.#limited) return false;
    const { maxSize = Infinity, maxSessions = Infinity } = this.#options;
    const { recorder, sessions } = this.#current;
    // A file that broke (a full disk) is no place for a session: a new one may be.
    return (
      recorder.stopped !== undefined ||
      (sessions > 0 && (sessions >= maxSessions || recorder.size >= maxSize))
    );
  }

  #begin({ recorder, firstSession }: Part, session: number, t: number): void {
    const { note, firstNote = note } = this.#options;
    const text = firstSession === 1 ? firstNote : note;
    if (text !== undefined) recorder.note(session, t, text);
  }

  #beginNext(): void {
    const before = this.#current;
    const open = new Set(this.#running.values()).size;
    if (open + this.#retiring.size >= mostOpen) {
      // Those that are being finished make room in a moment.
      if (this.#retiring.size === 0) this.#tellFailure(`${open} files have a session that goes on`);
      return;
    }
    try {
      this.#current = nextPart(this.#options, this.#sessions + 1);
    } catch (error) {
      this.#tellFailure(error instanceof Error ? error.message : String(error));
      return;
    }
    this.#failureTold = false;
    this.#options.onEvent({ type: 'file-begun', path: this.path, before: before.recorder.path });
    this.#retireIfOver(before);
    if (this.#retiring.size === 0) this.#current.recorder.prune();
  }

  #retireIfOver(part: Part): void {
    if (part !== this.#current && part.open === 0) this.#retire(part);
  }

  /**
   * Finishes a file in which nothing will be recorded any more; it may be one too many then. One after the
   * other, as a newer one would be removed in the place of an older one that is not finished.
   */
  #retire(part: Part): void {
    this.#lastRetired = this.#lastRetired.then(async () => {
      await this.#complete(part);
      this.#retiring.delete(part);
      this.#current.recorder.prune();
    });
    this.#retiring.set(part, this.#lastRetired);
  }

  /** Never rejects. */
  async #complete(part: Part): Promise<void> {
    const { recorder, firstSession, sessions } = part;
    const { path } = recorder;
    if (part !== this.#current) {
      await recorder.flush();
      await this.#options.beforeFinish?.(path);
    }
    const { messages, incomplete } = await recorder.finish();
    this.#files.push({ path, firstSession, sessions, messages, incomplete });
    // Of those that are left on for a year, not all were kept.
    if (this.#options.keep !== undefined) this.#files = this.#files.filter((file) => existsSync(file.path));
    if (part !== this.#current) this.#options.onEvent({ type: 'file-finished', path, messages });
  }

  #tellFailure(why: string): void {
    if (this.#failureTold) return;
    this.#failureTold = true;
    this.#trouble(`no new file can be begun: ${why}; recording goes on in ${this.path}`);
  }

  #trouble(text: string): void {
    this.#options.onEvent({ type: 'trouble', session: undefined, text });
  }
}

function nextPart(options: SeriesOptions, firstSession: number): Part {
  for (let attempt = 1; ; attempt++) {
    const path = options.place.next(new Date());
    try {
      return partOf(beginRecording(path, recorderOptions(options, firstSession)), firstSession);
    } catch (error) {
      if (options.place.series === undefined || attempt === attempts || !existsSync(path)) throw error;
    }
  }
}

function partOf(recorder: Recorder, firstSession: number): Part {
  return { recorder, firstSession, sessions: 0, open: 0 };
}

function recorderOptions(options: SeriesOptions, firstSession: number): Parameters<typeof beginRecording>[1] {
  const { place, durable, keep, indexer, named = false, onEvent } = options;
  const isOne = place.series !== undefined && (named || isLimited(options));
  return {
    createdBy: `qmptap ${version}`,
    durable,
    indexer,
    firstSession,
    series: isOne ? { ...place.series, keep } : undefined,
    onTrouble: (text) => {
      onEvent({ type: 'trouble', session: undefined, text });
    },
    onRemoved: (path) => {
      onEvent({ type: 'file-removed', path });
    },
  };
}
