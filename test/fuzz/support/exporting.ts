/** A recording through an exporter, as one piece. */
import { createHash } from 'node:crypto';
import type { Exporter } from '../../../src/formats/export.js';
import type { RecordingReader } from '../../../src/recording/ports.js';

/** The exported file's bytes. */
export function fileOf(reader: RecordingReader, exporter: Exporter): Buffer {
  const pieces = exporter({
    info: reader.info,
    sessions: reader.sessions(),
    messages: reader.messages(),
    marks: [],
    reference: 'test.qmptap',
    sha256: (text) => createHash('sha256').update(text).digest('base64'),
    omit: () => undefined,
  });
  return Buffer.concat(Array.from(pieces, (piece) => Buffer.from(piece as string)));
}
