/** A recording in memory through an exporter, as one buffer. */
import { createHash } from 'node:crypto';
import type { ExportInput, Exporter } from '../../src/formats/export.js';
import type { MemoryRecording } from '../../src/recording/memory.js';

export interface Exported {
  readonly bytes: Buffer;
  readonly text: string;
  readonly omitted: readonly string[];
}

export function exported(
  recording: MemoryRecording,
  exporter: Exporter,
  changes: Partial<ExportInput> = {},
): Exported {
  const omitted: string[] = [];
  const input: ExportInput = {
    info: recording.info,
    sessions: recording.sessions(),
    messages: recording.messages(),
    marks: [],
    reference: 'test.qmptap',
    sha256: (text) => createHash('sha256').update(text).digest('base64'),
    omit: (what) => omitted.push(what),
    ...changes,
  };
  const bytes = Buffer.concat(
    Array.from(exporter(input), (piece) => (typeof piece === 'string' ? Buffer.from(piece) : piece)),
  );
  return { bytes, text: bytes.toString(), omitted };
}
