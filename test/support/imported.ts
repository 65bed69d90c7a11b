/** Lines through an importer and the real tap into a recording in memory. */
import { importers } from '../../src/formats/formats.js';
import { zoneOf } from '../../src/formats/reading/zone.js';
import { recogniseFormat } from '../../src/formats/recognise.js';
import type { ImportFormatName } from '../../src/formats/table.js';
import { Tap } from '../../src/proxy/tap.js';
import type { Mark } from '../../src/recording/marks.js';
import { MemoryRecording } from '../../src/recording/memory.js';
import type { TrafficSink } from '../../src/recording/ports.js';

/** A sink that understands what it is told at once. */
export function memorySink(recording: MemoryRecording): TrafficSink {
  const tap = new Tap(recording);
  let sessions = 0;
  return {
    open(start, t) {
      tap.open(++sessions, start, t);
      return sessions;
    },
    chunk: (...chunk) => {
      tap.chunk(...chunk);
    },
    inject: (...injected) => {
      tap.inject(...injected);
    },
    note: (...note) => {
      tap.note(...note);
    },
    close: (...close) => {
      tap.close(...close);
    },
  };
}

export interface Imported {
  readonly recording: MemoryRecording;
  readonly format: ImportFormatName | undefined;
  readonly marks: readonly Mark[];
  /** `line: why`. */
  readonly skipped: readonly string[];
}

/** The beginning of what tells no time: 2026-11-20T09:00:00Z. */
export const importStarted = 1_795_165_200_000_000;

/** So many lines tell a format, as the command has it. */
const headLines = 5000;

/** Imports a file's bytes, its format told or recognised; with `machine` only what is that one's. */
export function imported(bytes: Uint8Array | string, format?: ImportFormatName, machine?: string): Imported {
  const text = typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString('latin1');
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  const recording = new MemoryRecording();
  const skipped: string[] = [];
  const marks: Mark[] = [];
  const name = format ?? recogniseFormat(lines.slice(0, headLines));
  if (name !== undefined) {
    const importer = importers[name]({
      sink: memorySink(recording),
      source: 'test.log',
      machine,
      started: importStarted,
      zone: zoneOf(lines.slice(0, headLines), importStarted),
      mark: (mark) => marks.push(mark),
      skip: (line, why) => skipped.push(`${line}: ${why}`),
    });
    lines.forEach((line, place) => {
      importer.line(line, place + 1);
    });
    importer.end();
  }
  return { recording, format: name, marks, skipped };
}
