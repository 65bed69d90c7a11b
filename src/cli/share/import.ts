/** What `qmptap import` does: a file's lines through an importer into a new recording. */
import { constants } from 'node:os';
import { resolve } from 'node:path';
import { type ErrorAccount, RecordingError } from '../../errors.js';
import { foreignFile, nothingIn } from '../../formats/foreign.js';
import type { Importer, ImportTarget } from '../../formats/import.js';
import { importers } from '../../formats/formats.js';
import { recogniseFormat } from '../../formats/recognise.js';
import { type ImportFormatName, importNames } from '../../formats/table.js';
import type { Mark } from '../../recording/marks.js';
import { removeRecording } from '../../store/disk/files.js';
import { createRecording, type Finished, type Recorder } from '../../store/index/recorder.js';
import { version } from '../../version.js';
import { zoneOf } from '../../formats/reading/zone.js';
import { type Input, openInput } from './input.js';
import { LineReader } from './line-reader.js';
import { putMarks } from './retelling.js';
import { writeRecording } from '../files/new-file.js';
import { say } from '../output/output.js';
import { ProgressBar } from '../output/progress.js';
import { Skipped } from './skipped.js';

export interface ImportOptions {
  readonly format: ImportFormatName | 'auto';
  readonly output: string;
  readonly force: boolean;
  /** For sessions that the file does not name. */
  readonly label: string | undefined;
  /** Go on as the file grows. */
  readonly follow: boolean;
}

/** A format is recognised within this many lines or bytes: some logs begin with other things. */
const headLines = 5000;
const headBytes = 4 << 20;

/** Bytes that may wait in the journal before they are moved into the tables: until then they are on the disk twice. */
const flushEvery = 256 << 20;

/**
 * Imports a file. What may still grow (a pipe, a file that is followed) is a live recording meanwhile.
 * @throws RecordingError if nothing in it could be imported, OutputError
 */
export async function importCommand(file: string, options: ImportOptions): Promise<void> {
  const ending = new AbortController();
  const input = openInput(file, { follow: options.follow, until: ending.signal });
  const skipped = new Skipped();
  const told: { result?: Imported } = {};
  const fill = async (recorder: Recorder): Promise<void> => {
    const import_ = new Import(input, recorder, skipped, options);
    const format = await import_.run();
    const { sessions, marks } = import_;
    told.result = { format, sessions, marks };
    if (sessions === 0) throw new RecordingError(nothingIn(format), { path: file });
  };
  const complete = (draft: string): void => {
    putMarks(draft, told.result?.marks ?? []);
  };
  let finished;
  try {
    finished = input.isLive
      ? await recordLive(options, ending, fill, complete)
      : await writeRecording(options.output, options.force, fill, complete);
  } finally {
    for (const line of skipped.lines(file)) say(line);
  }
  const { sessions = 0, format = '' } = told.result ?? {};
  const count = finished.messages === undefined ? '' : `${finished.messages} messages of `;
  say(`${count}${sessions} ${sessions === 1 ? 'session' : 'sessions'} (${format}) in ${options.output}`);
}

interface Imported {
  readonly format: ImportFormatName;
  readonly sessions: number;
  readonly marks: readonly Mark[];
}

/** Under its own name from the beginning, so that others see it grow; a signal ends it as the log's end would. */
async function recordLive(
  { output, force }: ImportOptions,
  ending: AbortController,
  fill: (recorder: Recorder) => Promise<void>,
  complete: (path: string) => void,
): Promise<Finished> {
  const recorder = await createRecording(output, { createdBy: `qmptap ${version}`, force, onTrouble: say });
  const end = (signal: 'SIGINT' | 'SIGTERM'): void => {
    process.exitCode = 128 + constants.signals[signal];
    ending.abort();
  };
  process.on('SIGINT', end).on('SIGTERM', end);
  try {
    await fill(recorder);
    const finished = await recorder.finish();
    complete(output);
    return finished;
  } catch (error) {
    await recorder.finish();
    removeRecording(resolve(output));
    throw error;
  } finally {
    process.off('SIGINT', end).off('SIGTERM', end);
  }
}

class Import {
  readonly #input: Input;
  readonly #recorder: Recorder;
  readonly #skipped: Skipped;
  readonly #target: ImportTarget;
  #format: ImportFormatName | undefined;
  #importer: Importer | undefined;
  /** The first lines, until they tell the format. */
  #head: string[] = [];
  #headBytes = 0;
  /** Lines that were too long to be kept. */
  #tooLong = 0;
  /** Sessions that were begun. */
  sessions = 0;
  readonly marks: Mark[] = [];

  constructor(input: Input, recorder: Recorder, skipped: Skipped, { format, label }: ImportOptions) {
    this.#input = input;
    this.#recorder = recorder;
    this.#skipped = skipped;
    this.#target = {
      mark: (mark) => {
        this.marks.push(mark);
      },
      sink: {
        open: (start, t) => {
          this.sessions += 1;
          return recorder.open(start, t);
        },
        chunk: (...chunk) => {
          recorder.chunk(...chunk);
        },
        inject: (...injected) => {
          recorder.inject(...injected);
        },
        note: (...note) => {
          recorder.note(...note);
        },
        close: (...close) => {
          recorder.close(...close);
        },
      },
      source: input.name,
      started: input.changed,
      prompt: input.isLive,
      label,
      skip: (line, why) => {
        skipped.add(line, why);
      },
    };
    if (format !== 'auto') this.#begin(format);
  }

  /** Reads to the end; gives the format. */
  async run(): Promise<ImportFormatName> {
    const lines = new LineReader({
      line: (text, number) => {
        this.#line(text, number);
      },
      tooLong: (number) => {
        this.#tooLong += 1;
        this.#skipped.add(number, 'a line longer than any message');
      },
    });
    const bar = new ProgressBar(this.#input.size);
    let flushed = 0;
    let read = 0;
    try {
      for await (const piece of this.#input.bytes) {
        lines.push(piece);
        read += piece.length;
        if (read - flushed > flushEvery) {
          flushed = read;
          await this.#recorder.flush();
        }
        bar.at(this.#input.position());
      }
      lines.end();
    } finally {
      bar.end();
    }
    const format = this.#format ?? this.#recognise();
    this.#importer?.end();
    return format;
  }

  #line(text: string, number: number): void {
    if (this.#importer !== undefined) {
      this.#importer.line(text, number);
      return;
    }
    this.#head.push(text);
    this.#headBytes += text.length;
    const isPower = (number & (number - 1)) === 0;
    if (number >= headLines || this.#headBytes >= headBytes) this.#recognise();
    else if (isPower && (number >= 64 || this.#input.isLive)) this.#try();
  }

  #try(): void {
    const format = recogniseFormat(this.#head);
    if (format !== undefined) this.#begin(format);
  }

  #recognise(): ImportFormatName {
    this.#try();
    if (this.#format !== undefined) return this.#format;
    const { path } = this.#input;
    throw new RecordingError(unrecognised(this.#head, this.#tooLong), { path });
  }

  #begin(format: ImportFormatName): void {
    this.#format = format;
    const zone = zoneOf(this.#head, this.#target.started);
    const importer = importers[format]({ ...this.#target, zone });
    this.#importer = importer;
    const head = this.#head;
    this.#head = [];
    head.forEach((line, place) => {
      importer.line(line, place + 1);
    });
  }
}

function unrecognised(head: readonly string[], tooLong: number): ErrorAccount {
  if (head.length === 0 && tooLong > 0)
    return { reason: 'its lines are longer than any message', remedy: 'give a file of text' };
  if (head.length === 0) return { reason: 'it is empty', remedy: 'there is nothing to import' };
  return (
    foreignFile(head) ?? {
      reason: 'its format is not recognised',
      remedy: `give --format, one of ${importNames.join(', ')}`,
    }
  );
}
