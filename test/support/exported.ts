/** A recording in memory through an exporter, as one buffer; and a conversation to export. */
import { createHash } from 'node:crypto';
import type { ExportInput, Exporter } from '../../src/formats/export.js';
import type { MemoryRecording } from '../../src/recording/memory.js';
import { greeting } from './recorded.js';

/** With an event, an error, and what JSON parsers like to change: numbers, order, escapes. */
export const conversation = [
  `<- ${greeting}`,
  '-> {"execute":"qmp_capabilities","id":"libvirt-1"}',
  '<- {"return": {}, "id": "libvirt-1"}',
  '-> {"execute":"query-version","id":"libvirt-2"}',
  '<- {"return": {"qemu": {"micro": 22, "minor": 2, "major": 7}, "package": ""}, "id": "libvirt-2"}',
  '<- {"timestamp": {"seconds": 1, "microseconds": 2}, "event": "STOP"}',
  '-> {"execute":"x","arguments":{"b":[],"a":{},"n":1.0,"big":9223372036853727232},"id":"libvirt-3"}',
  '<- {"id": "libvirt-3", "error": {"class": "CommandNotFound", "desc": "caf\\u00E9"}}',
];

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
