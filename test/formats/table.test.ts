import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Command } from 'commander';
import { addExportCommand } from '../../src/cli/commands/share/export.js';
import { addImportCommand } from '../../src/cli/commands/share/import.js';
import { exportEndings, exportFormatOf, exportNames, formats, importNames } from '../../src/formats/table.js';
import { formatTable } from '../support/format-table.js';

test('no name of a file tells two formats', () => {
  for (const ending of exportEndings) {
    expect(exportEndings.filter((other) => `x${ending}`.endsWith(other))).toEqual([ending]);
  }
});

test('a file name tells its format by its ending', () => {
  expect(exportFormatOf('a/boot.test.ts')).toBe('vitest');
  expect(exportFormatOf('boot.txt')).toBe('text');
  expect(exportFormatOf('boot.ts')).toBeUndefined();
});

test.each([
  ['export', exportNames, addExportCommand],
  ['import', importNames, addImportCommand],
] as const)('the help of %s has a line for each format', (_name, names, add) => {
  const program = new Command();
  add(program);
  const [command] = program.commands;
  let help = '';
  command?.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
  for (const format of names) expect(help).toContain(`  ${format} `);
  for (const format of names) expect(help).toContain(`${formats[format].about}: `);
});

// UPDATE=1 writes the table into the page.
test('docs/formats.md has the table', () => {
  const page = readFileSync('docs/formats.md', 'utf8');
  const [begin, end] = ['<!-- formats: begin -->\n\n', '\n\n<!-- formats: end -->'];
  const from = page.indexOf(begin) + begin.length;
  const to = page.indexOf(end);
  expect(to).toBeGreaterThan(begin.length);
  if (process.env['UPDATE'] !== undefined)
    writeFileSync('docs/formats.md', page.slice(0, from) + formatTable() + page.slice(to));
  else expect(page.slice(from, to)).toBe(formatTable());
});
