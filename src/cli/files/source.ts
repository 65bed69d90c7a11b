/**
 * What a command reads: one recording, or several and folders of them as one, merged by time. Of several, a file that
 * cannot be read is told in one line and left out.
 */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { RecordingError } from '../../errors.js';
import { counted } from '../../inspect/format.js';
import { type MemberRange, MergedRecording } from '../../recording/merge/merged-recording.js';
import type { MessageRange, RecordingReader } from '../../recording/ports.js';
import { reasonOf } from '../../store/disk/files.js';
import { type OpenedRecording, openRecording } from '../../store/index/open.js';
import { RecordingPool } from '../../store/pool/recording-pool.js';
import { say } from '../output/output.js';

export interface SourceOptions {
  /** Told of what had to be done to a recording, and of each that cannot be read. Standard error if not given. */
  readonly onNotice?: ((line: string) => void) | undefined;
  /** `end`: recordings that come into the folders later are read as well; `ever`: they are waited for. */
  readonly growing?: 'end' | 'ever' | undefined;
}

/** A source that is open. */
export interface Source extends Disposable {
  readonly reader: RecordingReader;
  /** The recording, if it is one. */
  readonly single: OpenedRecording | undefined;
  /** The recordings by themselves, each with the same range in its own numbers; the reader, if it is one. */
  readonly apart: (range: MessageRange) => readonly MemberRange[];
  /** Goes on without the recording that an error is about. False: there is no other. */
  readonly leaveOut: (error: RecordingError) => boolean;
  /** How many could not be read. */
  readonly failures: number;
  /** What the command ends with, if nothing else is to be said: 1 if one could not be read. */
  readonly exitCode: number;
}

/** How often folders are looked at for new recordings. */
const rescanMilliseconds = 500;

/**
 * Opens files and folders.
 * @throws RecordingError if there is nothing to read
 */
export function openSource(paths: readonly string[], options: SourceOptions = {}): Source {
  const { onNotice = say } = options;
  const [path = '', ...others] = paths;
  if (others.length > 0 || isFolder(path)) return new ManyRecordings(paths, onNotice, options.growing);
  const reader = openRecording(path, { onNotice });
  return {
    reader,
    single: reader,
    apart: (range) => [{ reader, range }],
    leaveOut: () => false,
    failures: 0,
    exitCode: 0,
    [Symbol.dispose]: () => {
      reader.close();
    },
  };
}

/**
 * The recordings of a folder, by name. Not those of folders in it.
 * @throws RecordingError if it cannot be read
 */
export function recordingsIn(folder: string): readonly string[] {
  try {
    const names = readdirSync(folder).filter((name) => name.endsWith('.qmptap'));
    return names.sort().map((name) => join(folder, name));
  } catch (error) {
    throw new RecordingError({ reason: reasonOf(error) }, { path: folder, cause: error });
  }
}

/** All files that a source names. @throws RecordingError if a folder cannot be read */
export function filesOf(paths: readonly string[]): readonly string[] {
  return paths.flatMap((path) => (isFolder(path) ? recordingsIn(path) : [path]));
}

export function isFolder(path: string): boolean {
  return (
    path !== '' && !path.includes('\0') && statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
  );
}

/** Reads again without each recording that turns out to be damaged on the way. */
export function withoutDamaged<T>(source: Source, read: () => T): T {
  for (;;) {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof RecordingError) || !source.leaveOut(error)) throw error;
    }
  }
}

class ManyRecordings implements Source {
  readonly reader: MergedRecording;
  readonly single = undefined;
  readonly #pool: RecordingPool;
  readonly #paths: readonly string[];
  readonly #onNotice: (line: string) => void;
  /** Those that were opened, or failed: neither is tried again. */
  readonly #known = new Set<string>();
  readonly #failed = new Set<string>();
  #looked = 0;

  constructor(paths: readonly string[], onNotice: (line: string) => void, growing: SourceOptions['growing']) {
    this.#paths = paths;
    this.#onNotice = onNotice;
    this.#pool = new RecordingPool({ onNotice });
    const readers = this.#openNew();
    if (readers.length === 0 && growing !== 'ever') throw this.#nothing();
    this.#looked = performance.now();
    this.reader = new MergedRecording(readers, {
      path: paths.length === 1 ? (paths[0] ?? '') : counted(paths.length, 'recording'),
      onFailure: (error) => {
        this.#fail(error.path, error);
      },
      newcomers: growing === undefined ? undefined : () => this.#newcomers(),
      endless: growing === 'ever',
    });
  }

  readonly apart = (range: MessageRange): readonly MemberRange[] => this.reader.apart(range);

  readonly leaveOut = (error: RecordingError): boolean => this.reader.leaveOut(error);

  get failures(): number {
    return this.#failed.size;
  }

  get exitCode(): number {
    return this.failures > 0 ? 1 : 0;
  }

  [Symbol.dispose](): void {
    this.reader.close();
  }

  #newcomers(): readonly RecordingReader[] {
    const now = performance.now();
    if (now - this.#looked < rescanMilliseconds) return [];
    this.#looked = now;
    return this.#openNew();
  }

  #openNew(): readonly RecordingReader[] {
    return this.#paths.flatMap((path) => this.#filesOf(path)).flatMap((file) => this.#openOnce(file));
  }

  #filesOf(path: string): readonly string[] {
    if (!isFolder(path)) return [path];
    try {
      // One that was made this moment has nothing in it yet.
      return recordingsIn(path).filter((file) => statSync(file, { throwIfNoEntry: false })?.size !== 0);
    } catch (error) {
      if (!(error instanceof RecordingError)) throw error;
      this.#fail(path, error);
      return [];
    }
  }

  #openOnce(file: string): readonly RecordingReader[] {
    if (this.#known.has(file)) return [];
    try {
      const reader = this.#pool.open(file);
      this.#known.add(file);
      return [reader];
    } catch (error) {
      if (!(error instanceof RecordingError)) throw error;
      this.#known.add(file);
      this.#fail(file, error);
      return [];
    }
  }

  /** Told once. */
  #fail(path: string, error: RecordingError): void {
    if (this.#failed.has(path)) return;
    this.#failed.add(path);
    this.#onNotice(error.message);
  }

  #nothing(): RecordingError {
    const [path = ''] = this.#paths;
    const reason = this.#failed.size > 0 ? 'nothing in it can be read' : 'no recordings in it';
    return new RecordingError(
      { subject: this.#paths.length === 1 ? path : this.#paths.join(', '), reason },
      { path, code: 'MISSING' },
    );
  }
}
