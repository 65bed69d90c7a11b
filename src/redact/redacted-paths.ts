/** Paths of the tokens in a redacted message: the original value is unknown, so replay cannot compare it. */
import { scanValues } from '../json/extents.js';
import { concretePath, type Path } from '../json/path.js';
import { holdsToken, tokenMarks } from './redaction-token.js';
import { compileTextSearch } from '../text/text-search.js';

const marks = tokenMarks.map(compileTextSearch);

/** Paths of the values that contain a token. Quick for messages without any. */
export function redactedPaths(raw: Uint8Array): readonly Path[] {
  if (!marks.some((isIn) => isIn(raw))) return [];
  const paths: Path[] = [];
  scanValues(raw, (steps, { start, end, text }) => {
    const spelled = text ?? String.fromCharCode(...raw.subarray(start, Math.min(end, start + 32)));
    if (holdsToken(spelled)) paths.push(concretePath([...steps]));
  });
  return paths;
}
