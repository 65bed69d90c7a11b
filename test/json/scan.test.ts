import { describe, expect, test } from 'vitest';
import { scanMembers } from '../../src/json/scan.js';
import { fromLatin1 } from '../support/frames.js';

function scan(text: string): [string, string][] | undefined {
  return scanMembers(fromLatin1(text))?.map(({ key, start, end }) => [key, text.slice(start, end)]);
}

describe('scanMembers', () => {
  test.each<[string, [string, string][]]>([
    ['{}', []],
    [' { } \r\n', []],
    ['{"return": {}, "id": "libvirt-1"}\r\n', [['return', '{}'], ['id', '"libvirt-1"']]], // prettier-ignore
    ['{"a" : [1, {"b": "]}"}] , \'c\':-1.5e3}', [['a', '[1, {"b": "]}"}]'], ['c', '-1.5e3']]], // prettier-ignore
    ['{"\\u0069d":null}', [['id', 'null']]],
    ['{"id": inf}', [['id', 'inf']]],
    ['{"id": -nan }', [['id', '-nan']]],
    ['{"a":"}\\"","b":"\\\\"}', [['a', '"}\\""'], ['b', '"\\\\"']]], // prettier-ignore
  ])('%s', (text, members) => {
    expect(scan(text)).toEqual(members);
  });

  test.each([
    '',
    'null',
    '[]',
    '"x"',
    '{',
    '{"a"',
    '{"a":',
    '{"a":1',
    '{"a":[1}',
    '{a:1}',
    '{"a" 1}',
    '{"a":1 "b":2}',
    '{"a":@}',
    '{,}',
  ])('%s has none', (text) => {
    expect(scan(text)).toBeUndefined();
  });
});
