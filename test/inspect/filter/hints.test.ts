import { expect, test } from 'vitest';
import { parseFilter } from '../../../src/inspect/filter/filter.js';
import { filterHints } from '../../../src/inspect/filter/hints.js';

const names = { commands: ['query-status', 'stop'], events: ['STOP'] };

test.each<[string, readonly string[]]>([
  ['', []],
  ['cmd:stop event:ST*', []],
  ['cmd:query-statu kind:success', ["no command here is called query-statu; did you mean 'query-status'?"]],
  [
    'cmd:blockdev-* or event:RESUME',
    ['no command here is called blockdev-*', 'no event here is called RESUME'],
  ],
  ['not cmd:cont', []],
  ['label:none arg:driver=x vda', []],
  ['dur', ["'dur' alone is looked for as text; a shell takes > for a file, so quote: 'dur>50ms'"]],
])('%s', (filter, hints) => {
  expect(filterHints(parseFilter(filter), names)).toEqual(hints);
});

test('of a recording without such messages nothing is known', () => {
  expect(filterHints(parseFilter('event:STOP'), { commands: ['stop'], events: [] })).toEqual([]);
});
