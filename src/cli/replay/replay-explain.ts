/** What `replay --explain` prints: the rules by which values are left out of comparison, and states are told apart. */
import { parsePath } from '../../json/path.js';
import { unstableRules } from '../../recording/unstable.js';
import { madeUpTexts, madeUpValues } from '../../replay/match/made-up.js';
import { questions } from '../../recording/questions.js';
import { subjects } from '../../replay/plan/state-changes.js';
import { Lines } from '../output/output.js';

/** @throws UsageError for a path that does not parse */
export function explainUnstable(ignore: readonly string[]): void {
  ignore.forEach(parsePath);
  const lines = new Lines();
  lines.write('Never compared, since it cannot be the same twice:\n');
  const rows = unstableRules.map((rule) => [`${rule.in} ${rule.of}`, rule.path, rule.because]);
  rows.push(...ignore.map((path) => ['everything', path, '--ignore']));
  writeRows(lines, rows);
  lines.write('Ids are never compared between commands; a response carries the id of its command.\n');
  lines.write(
    'The line in "LINE:COLUMN: JSON parse error" is not: a guest agent counts it over all its clients.\n',
  );
  lines.write(
    '\nMade up each time; bound where it is first seen, with --match content and by a replayed client:\n',
  );
  writeRows(lines, [
    ...madeUpValues.map(({ by, of, path, because }) => [`${by} ${of}`, path, because]),
    ...madeUpTexts.map(({ by, form, because }) => [`${by} *`, form, because]),
  ]);
  lines.write('\nWith --match content, these only ask, and all other commands change the state:\n');
  writeRows(lines, [
    ...questions.map((name) => [name]),
    ['human-monitor-command', 'info, help, print, x, xp'],
  ]);
  lines.write('\nA question has the recorded answer that fits what has happened, of all or of these:\n');
  writeRows(
    lines,
    Object.values(subjects).map(({ questions: asked, commands, events }) => [
      asked.join(' '),
      [...commands, ...events].join(' '),
    ]),
  );
  lines.flush();
}

function writeRows(lines: Lines, rows: readonly (readonly string[])[]): void {
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  for (const [where = '', what = '', because = ''] of rows) {
    const row = `  ${where.padEnd(widths[0] ?? 0)}  ${what.padEnd(widths[1] ?? 0)}  ${because}`;
    lines.write(`${row.trimEnd()}\n`);
  }
}
