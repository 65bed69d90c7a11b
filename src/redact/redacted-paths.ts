/** Where a redacted message has tokens: what was there is not known, so nothing there can be compared. */
import { scanValues } from '../json/extents.js';
import { concretePath, type Path } from '../json/path.js';
import { holdsToken, tokenMarks } from './redaction-token.js';
import { compileTextSearch } from '../text/text-search.js';

const marks = tokenMarks.map(compileTextSearch);

/** The places of values that are tokens or hold one; none, at little cost, of nearly every message. */
export function redactedPaths(raw: Uint8Array): readonly Path[] {
  if (!marks.some((isIn) => isIn(raw))) return [];
  const paths: Path[] = [];
  scanValues(raw, (steps, { start, end, text }) => {
    const spelled = text ?? String.fromCharCode(...raw.subarray(start, Math.min(end, start + 32)));
    if (holdsToken(spelled)) paths.push(concretePath([...steps]));
  });
  return paths;
}
