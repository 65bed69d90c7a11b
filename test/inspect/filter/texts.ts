import fc from 'fast-check';
import { fields } from '../../../src/recording/fields/fields.js';

const pieces = [
  ...[...fields].flatMap(([key, { example }]) => [example, key, `${key}:`, `${key}<=`]),
  'not', 'or', 'and', '(', ')', '"', '/', '\\', ' ', ' ', '50ms', '1.5s', '2', '3-5', ',', '10kB', '2026-11-20', 'a', 'b*', 'a.b[*]=x', ':', '=', '\n', '\u{1f600}',
]; // prettier-ignore

/** Texts that look like filters, and texts that do not. */
export const filterText = fc.oneof(
  fc.array(fc.constantFrom(...pieces), { maxLength: 12 }).map((parts) => parts.join('')),
  fc.array(fc.constantFrom(...pieces), { maxLength: 12 }).map((parts) => parts.join(' ')),
  fc.string({ unit: 'binary', maxLength: 20 }),
);
