import { expect, test } from 'vitest';
import { readGreeting } from '../../src/qmp/greeting.js';

const read = (text: string) => readGreeting(new TextEncoder().encode(text));

test('reads the version, the package and the capabilities', () => {
  const text =
    '{"QMP": {"version": {"qemu": {"micro": 22, "minor": 2, "major": 7}, "package": "Debian 1:7.2"}, "capabilities": ["oob"]}}\r\n';
  expect(read(text)).toEqual({ qemu: '7.2.22', package: 'Debian 1:7.2', capabilities: ['oob'] });
});

test('the draft protocol has no version, QEMU 0.12 one of text', () => {
  expect(read('{"QMP": {"capabilities": []}}')).toEqual({
    qemu: undefined,
    package: undefined,
    capabilities: [],
  });
  expect(read('{"QMP": {"version": {"qemu": "0.12.50", "package": ""}, "capabilities": []}}')).toEqual({
    qemu: '0.12.50',
    package: '',
    capabilities: [],
  });
});

test.each(['', '{', '[]', '{"QMP": 1}', '{"QMP": {"version": [], "capabilities": {}}}'])(
  'never fails: %s',
  (text) => {
    expect(read(text)).toEqual({ qemu: undefined, package: undefined, capabilities: [] });
  },
);
