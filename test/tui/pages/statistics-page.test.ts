import { expect, test } from 'vitest';
import { parseFilter } from '../../../src/inspect/filter/filter.js';
import type { Condition } from '../../../src/recording/condition.js';
import { StatisticsPage } from '../../../src/tui/pages/statistics-page.js';
import { exchange, played } from '../../support/conversation.js';
import { textOf } from '../../support/scene.js';

const reader = played([
  ...exchange('stop', undefined, {}, 100),
  ...exchange('cont', undefined, {}, 1),
  ...exchange('cont', undefined, {}, 25),
  ['->', { execute: 'quit' }],
  ['<-', { error: { class: 'GenericError', desc: 'no' } }, 2],
  ['<-', { event: 'STOP' }],
]);

function drawn(where: Condition): string[] {
  const page = new StatisticsPage(reader, where);
  expect(textOf(page.draw(100, 20)[0]!)).toBe(' statistics: 0 messages read…');
  while (page.work());
  return page
    .draw(100, 20)
    .map(textOf)
    .filter((line) => line !== '')
    .map((line) => line.replace(/ {2,}/g, '  '));
}

test('commands with their times and bars, and events over time', () => {
  const lines = drawn({ op: 'all' });
  expect(lines[0]).toMatch(
    /^ statistics: 9 messages, \d+ B, 1 session over 133ms, a command waiting 96 % of the time$/,
  );
  expect(lines[1]).toBe(' command  count errors  open  p50  p95  p99  max');
  expect(lines.slice(2, 5).sort()).toEqual([
    ' cont  2  1.0ms  25ms  25ms  25ms ███',
    ' quit  1  1  2.0ms  2.0ms  2.0ms  2.0ms █',
    ' stop  1  100ms  100ms  100ms  100ms ████████████',
  ]);
  expect(lines[5]).toMatch(/^ event  count  per s  over time, .* a step$/);
  expect(lines[6]).toMatch(/^ STOP  1 /);
});

test('of what is shown, and nothing where nothing is', () => {
  expect(drawn(parseFilter('cmd:stop')).some((line) => line.includes('cont'))).toBe(false);
  expect(drawn(parseFilter('cmd:none'))[0]).toContain('0 messages');
});
