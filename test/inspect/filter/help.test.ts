/** Whoever asks for help about filters is told of every field, wherever he asks. */
import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { markup, pageFields } from '../../../src/formats/page/markup.js';
import { model } from '../../../src/formats/page/model.js';
import { filterTable, filterTerms } from '../../../src/inspect/filter/help.js';
import { parseFilter } from '../../../src/inspect/filter/filter.js';
import { fields } from '../../../src/recording/fields/fields.js';
import { helpPage } from '../../../src/tui/pages/pages.js';
import { helpTexts } from '../../newcomer/help-texts.js';

const rows = [...fields].map(([key, { example, help }]) => ({ key, example, help }));

// UPDATE=1 writes the table into the page.
test('the table of the documents is the table of the fields', () => {
  const page = readFileSync('docs/filters.md', 'utf8');
  if (process.env['UPDATE'] !== undefined)
    writeFileSync('docs/filters.md', page.replace(/\| term [^]*?(?=\n\n)/, filterTable));
  else expect(page).toContain(`\n\n${filterTable()}\n\n`);
  expect(filterTable().split('\n')).toHaveLength(filterTerms.length + 2);
  for (const { example } of rows) expect(filterTable()).toContain(`| \`${example}\` `);
});

const texts = helpTexts();

test.each(['show', 'stats', 'export', 'ui'])('%s --help tells of every field', (command) => {
  const stdout = texts.get(command) ?? '';
  for (const { example, help } of rows) expect(stdout).toMatch(lineOf(example, help));
});

test('the help of the terminal UI tells of every field', () => {
  const page = helpPage(false, 200);
  const lines = Array.from({ length: page.length }, (_, place) =>
    page
      .entry(place)
      .line.spans.map(({ text }) => text)
      .join(''),
  ).join('\n');
  for (const { example, help } of rows) expect(lines).toMatch(lineOf(example, help));
});

test('the exported page tells of the fields that its script knows, and of no other', () => {
  const written = rows.filter(({ example }) =>
    markup.includes(`<code>${example.replaceAll('<', '&lt;').replaceAll('>', '&gt;')}</code>`),
  );
  expect(written.map(({ key }) => key).sort()).toEqual([...pageFields].sort());
  for (const key of pageFields) expect(model).toMatch(new RegExp(`[(|']${key}[)|']`));
});

test('every term is one', () => {
  for (const { example } of rows) expect(() => parseFilter(example)).not.toThrow();
});

function lineOf(example: string, help: string): RegExp {
  const [left = '', right = ''] = [example, help].map((text) =>
    text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'),
  );
  return new RegExp(`^ *${left} +${right}$`, 'm');
}
