/** What `replay --explain` prints: the rules by which values are left out of comparison. */
import { parsePath } from '../../json/path.js';
import { unstableRules } from '../../recording/unstable.js';
import { Lines } from '../output/output.js';

/** @throws UsageError for a path that does not parse */
export function explainUnstable(ignore: readonly string[]): void {
  ignore.forEach(parsePath);
  const lines = new Lines();
  lines.write('Never compared, since it cannot be the same twice:\n');
  const rows = unstableRules.map((rule) => [`${rule.in} ${rule.of}`, rule.path, rule.because]);
  rows.push(...ignore.map((path) => ['everything', path, '--ignore']));
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  for (const [where = '', path = '', because = ''] of rows) {
    lines.write(`  ${where.padEnd(widths[0] ?? 0)}  ${path.padEnd(widths[1] ?? 0)}  ${because}\n`);
  }
  lines.write('Ids are never compared between commands; a response carries the id of its command.\n');
  lines.write(
    'The line in "LINE:COLUMN: JSON parse error" is not: a guest agent counts it over all its clients.\n',
  );
  lines.flush();
}
