import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { areaNames, areas, hasFixedSize, valueKind } from '../../../src/inspect/state/areas.js';
import { stateSources } from '../../../src/inspect/state/sources/sources.js';

test('a value that the table does not name is nothing special', () => {
  expect(valueKind('node', 'constructor')).toEqual({});
  expect(valueKind('chardev', 'filename')).toMatchObject({ changing: true, respelled: true });
  expect(hasFixedSize('qcow2')).toBe(true);
  expect(hasFixedSize('file')).toBe(false);
});

/** `UPDATE=1` writes it. */
test('docs/state.md has the areas, and what tells of each', () => {
  const page = readFileSync('docs/state.md', 'utf8');
  const [begin, end] = ['<!-- areas: made from the table -->\n\n', '\n\n<!-- end -->'];
  const [before = '', rest = ''] = page.split(begin);
  const after = rest.slice(rest.indexOf(end));
  const names = (area: string, ...kinds: string[]): string =>
    stateSources
      .filter((source) => kinds.includes(source.kind) && (source.areas as readonly string[]).includes(area))
      .filter(({ name }) => name !== 'human-monitor-command')
      .map(({ name }) => `\`${name}\``)
      .join(', ') || '–';
  const rows = areaNames.map((area) => {
    const values = Object.keys(areas[area].values).filter((value) => value !== 'stopping');
    const [said, other] = [names(area, 'answer'), names(area, 'accepted', 'event')];
    return `- **${areas[area].title}** (${values.join(', ')}): asserted by ${said}; implied or shaken by ${other}`;
  });
  if (process.env['UPDATE'] === '1')
    writeFileSync('docs/state.md', `${before}${begin}${rows.join('\n')}${after}`);
  else for (const row of rows) expect(page).toContain(row);
});
