import { expect, test } from 'vitest';
import {
  contradictionText,
  differenceJson,
  differenceText,
  momentText,
  shown,
  stateJson,
  stateLines,
} from '../../../src/inspect/state/state-text.js';
import { stateDifferences } from '../../../src/inspect/state/state-values.js';
import {
  collectContradictions,
  type KnownState,
  StateTimeline,
} from '../../../src/inspect/state/timeline.js';
import { fromPlain } from '../../../src/json/value.js';
import { exchange, type Line, played } from '../../support/conversation.js';
import { nodeInfo } from './known.js';

const size = '9223372036854775807';
const lines: Line[] = [
  ...exchange('query-status', undefined, { status: 'running', running: true }),
  ['<-', { event: 'STOP' }],
  ...exchange('query-named-block-nodes', undefined, [nodeInfo('a\u001b[31m')]),
  ...exchange('block_resize', { 'node-name': 'a\u001b[31m', size: 1024 }),
  ['->', `{"execute":"migrate-set-parameters","arguments":{"max-bandwidth":${size}}}`],
  ['<-', { return: {} }],
  ...exchange('blockdev-snapshot', { node: 'a\u001b[31m', overlay: 'b' }),
];
const at = { session: 1, seq: 11, t: 11e6, started: 0 };

function known(index: number): KnownState {
  const [found] = new StateTimeline(played(lines)).at(index);
  if (found === undefined) throw new Error('nothing is known');
  return found;
}

test('what is known, a line for what is known in the same way', () => {
  const text = [...stateLines(known(11), 1)].map((line) => line.text);
  expect(text).toEqual([
    'run state',
    '    stale    #2 query-status, until #3 STOP  status=running',
    '    implied  #3 STOP                         running=false',
    'block nodes',
    '  a\\u001b[31m  stale     #5 query-named-block-nodes, until #11 blockdev-snapshot  filename="/a\\u001B[31m" read-only=false',
    '               asserted  #5 query-named-block-nodes                               driver=qcow2 write-threshold=0',
    '               implied   #7 block_resize                                          size=1024',
    '  b            implied   #11 blockdev-snapshot                                    backing="a\\u001B[31m"',
    'migration',
    `  parameters  implied  #9 migrate-set-parameters  max-bandwidth=${size}`,
  ]);
  const { vm } = known(11);
  expect(momentText(vm, at)).toBe(
    'VM at unix:/server, after session 1 #11 (0.011000, 1970-01-01T00:00:00.011000Z)',
  );
});

test('JSON keeps every digit, and says why', () => {
  const rows = [...stateJson(known(11), at)];
  expect(rows[0]).toContain('"type":"moment"');
  expect(rows.find((row) => row.includes('max-bandwidth'))).toContain(`"value":${size}`);
  expect(JSON.parse(rows.find((row) => row.includes('"status"')) ?? '')).toEqual({
    type: 'value',
    vm: 1,
    area: 'run',
    attribute: 'status',
    standing: 'stale',
    by: { name: 'query-status', session: 1, seq: 2, t: 0.002 },
    doubt: { name: 'STOP', session: 1, seq: 3, t: 0.003 },
    value: 'running',
  });
});

test('differences', () => {
  const found = stateDifferences(known(2), known(11));
  expect(found.map((one) => differenceText(one, 1))).toContain(
    '~ run state: running true -> false  (implied, #3 STOP)',
  );
  expect(found.map((one) => differenceText(one, 2))).toContain(
    '+ block nodes b  (implied, session 1 #11 blockdev-snapshot)',
  );
  expect(JSON.parse(differenceJson(1, found[0] ?? expect.fail()))).toMatchObject({
    type: 'difference',
    area: 'run',
    attribute: 'running',
    before: { value: true, standing: 'asserted' },
    after: { value: false, standing: 'implied' },
  });
});

test('a contradiction is told with both sides', () => {
  const [found] = collectContradictions(
    played([['<-', { event: 'RESUME' }], ...exchange('query-status', undefined, { running: false })]),
  );
  expect(found && contradictionText(found)).toBe(
    'run state: status=running by #1 RESUME, but status=nothing by #3 query-status',
  );
  const [gone] = collectContradictions(
    played([
      ...exchange('chardev-add', { id: 'c', backend: { type: 'null' } }),
      ...exchange('query-chardev', undefined, []),
    ]),
  );
  expect(gone && contradictionText(gone)).toBe(
    'character devices c: it is there by #2 chardev-add, but it is not there by #4 query-chardev',
  );
});

test('values are short, and words of JSON are told apart from text', () => {
  expect(['a b', 'null', 'x', 7, null, [1]].map((value) => shown(fromPlain(value)))).toEqual([
    '"a b"',
    '"null"',
    'x',
    '7',
    'null',
    '[1]',
  ]);
  expect(shown('x'.repeat(500))).toHaveLength(123);
});
