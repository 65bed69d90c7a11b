import { vi } from 'vitest';
import { explain } from '../../../../src/cli/look/explain.js';
import { show } from '../../../../src/cli/look/show.js';
import { testCommand } from '../../../support/command-line.js';

vi.mock(import('../../../../src/cli/look/explain.js'), () => ({ explain: vi.fn() }));
vi.mock(import('../../../../src/cli/look/show.js'), () => ({ show: vi.fn() }));

const shows = vi.mocked(show);
const explains = vi.mocked(explain);
const plain = { filter: '', session: undefined, follow: false, format: 'text' } as const;

testCommand({
  command: 'show',
  actions: [shows, explains],
  runs: [
    ['a', shows, ['a'], plain],
    ["a cmd:query-* or 'dur>10ms'", shows, ['a'], { ...plain, filter: 'cmd:query-* or dur>10ms' }],
    ['a -f -s 3 --json', shows, ['a'], { ...plain, follow: true, session: 3, format: 'json' }],
    ['a cmd:x b.qmptap', shows, ['a', 'b.qmptap'], { ...plain, filter: 'cmd:x' }],
    ['a --raw', shows, ['a'], { ...plain, format: 'raw' }],
    ['a --pretty', shows, ['a'], { ...plain, format: 'pretty' }],
    [
      'a --explain 12 --session 2 --schema b --json',
      explains,
      ...['a', 12, { session: 2, schemaFile: 'b', json: true }],
    ],
  ],
  refuses: [
    ['', /missing required argument 'recording'/],
    ['a --json --raw', /give one$/],
    ['a --json --pretty', /give one$/],
    ['a --schema b', /give --explain SEQ/],
    ['a --explain 1 cmd:x', /leave out the filter/],
    ['a --explain 1 --follow', /leave out the filter, --follow/],
    ['a --explain 0', /^--explain 0: not a number from 1; .qmptap show FILE/],
    ['a --session x', /^--session x: not a number from 1; .qmptap ls FILE/],
  ],
});
