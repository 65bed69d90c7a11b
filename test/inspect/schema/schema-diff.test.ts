import { expect, test } from 'vitest';
import { diffSchemas } from '../../../src/inspect/schema/schema-diff.js';
import { schemaDiffText } from '../../../src/inspect/schema/schema-text.js';
import { fromPlain } from '../../../src/json/value.js';
import { decodeSchema } from '../../../src/qmp/schema.js';
import { entries } from '../../support/schema.js';

type Entry = Record<string, unknown> & { name: string };

/** The schema with other numbers for its types, and with some entries replaced. */
function changed(...replacements: Entry[]): ReturnType<typeof decodeSchema> {
  const renamed = JSON.parse(JSON.stringify(entries).replaceAll(/"(\[?)(\d)(\]?)"/g, '"$1$29$3"')) as Entry[];
  const known = new Map(renamed.map((entry) => [entry.name, entry]));
  for (const entry of replacements) known.set(entry.name, { ...known.get(entry.name), ...entry });
  return decodeSchema(fromPlain([...known.values()].filter((entry) => entry['meta-type'] !== undefined)));
}

const before = decodeSchema(fromPlain(entries))!;
const lines = (...replacements: Entry[]): string[] => [
  ...schemaDiffText(diffSchemas(before, changed(...replacements)!)),
];

test('the numbers of types do not matter', () => {
  expect(lines()).toEqual([]);
});

test('commands and events come and go', () => {
  expect(
    lines(
      { name: 'stop', 'meta-type': undefined },
      { name: 'JOB_STATUS_CHANGE', 'meta-type': undefined },
      { name: 'cont', 'meta-type': 'command', 'arg-type': '09', 'ret-type': '09' },
      { name: 'RESUME', 'meta-type': 'event', 'arg-type': '09' },
    ),
  ).toEqual(['- command stop', '- event   JOB_STATUS_CHANGE', '+ command cont', '+ event   RESUME']);
});

test('what differs inside is told by path, once', () => {
  expect(
    lines(
      {
        name: '19',
        members: [
          { name: 'id', type: 'int' },
          { name: 'status', type: '29', default: null },
          { name: 'more', type: '[59]' },
        ],
      },
      { name: '[59]', 'meta-type': 'array', 'element-type': '59' },
      { name: '29', values: ['running', 'paused'] },
      { name: 'old', features: ['unstable'] },
      { name: 'stop', 'allow-oob': true },
      {
        name: '69',
        members: [
          { name: 'filename', type: 'str' },
          { name: 'size', type: 'int', default: null, features: ['deprecated'] },
        ],
      },
      { name: '89', members: [{ type: '49' }, { type: 'str' }, { type: 'int' }] },
      { name: '59', members: [{ name: 'file' }, { name: 'qcow2' }, { name: 'null-co' }, { name: 'raw' }] },
    ),
  ).toEqual([
    '~ command blockdev-add',
    "      arguments.driver: value 'null-co' no longer unstable",
    "      arguments.driver: value 'raw' new",
    '      arguments(driver=file).size: now deprecated',
    '      arguments(driver=file).ratio: gone',
    '      arguments(driver=qcow2).file: no longer null',
    '      arguments(driver=qcow2).file: now also int',
    '~ command old',
    '      old: no longer deprecated',
    '      old: now unstable',
    '~ command query-jobs  (in part also JOB_STATUS_CHANGE)',
    '      return[*].status: now optional',
    '      return[*].error: gone',
    '      return[*].more: new, [enum]',
    '      return[*].id: was str, is int',
    "      return[*].status: value 'concluded' gone",
    "      return[*].status: value 'paused' new",
    '~ command stop',
    '      stop: now allowed out-of-band',
  ]);
});
