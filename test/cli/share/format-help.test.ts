import { expect, test } from 'vitest';
import { formatHelp } from '../../../src/cli/share/format-help.js';
import { exportNames, formats, importNames } from '../../../src/formats/table.js';

test.each([
  ['export', exportNames],
  ['import', importNames],
] as const)('a line for each format of an %s, in columns', (direction, names) => {
  const lines = formatHelp(names, direction).split('\n');
  expect(lines.map((line) => line.trim().split(' ')[0])).toEqual(names);
  const starts = lines.map((line, at) => line.indexOf(formats[names[at]!].about));
  expect(new Set(starts).size).toBe(1);
  for (const line of lines) expect(line).toMatch(/: \S/);
});
