/** Gives an exporter what needs Node: a hash. */
import { createHash } from 'node:crypto';
import type { ExportInput } from '../../formats/export.js';

/** An exporter's input, but for its means to hash. */
export function exportInput(parts: Omit<ExportInput, 'sha256'>): ExportInput {
  return { ...parts, sha256: (text) => createHash('sha256').update(text).digest('base64') };
}
