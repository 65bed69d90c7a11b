import { expect, test } from 'vitest';
import { deviceId, listIn, memberIn, nameIn } from '../../../../src/inspect/state/sources/source.js';
import { fromPlain } from '../../../../src/json/value.js';

test('members are found, and nothing where there are none', () => {
  const value = fromPlain({ a: '', b: 'x', c: { d: [1] } });
  expect(nameIn(value, 'a', 'b')).toBe('x');
  expect(nameIn(value, 'c')).toBeUndefined();
  expect(listIn(memberIn(value, 'c', 'd'))).toHaveLength(1);
  expect(listIn(memberIn(value, 'b', 'd'))).toEqual([]);
});

test('a device is known by its id, whatever part of it is named', () => {
  expect(deviceId('/machine/peripheral/vd0/virtio-backend')).toBe('vd0');
  expect(deviceId('vd0')).toBe('vd0');
  expect(deviceId('/machine/peripheral-anon/device[0]')).toBe('/machine/peripheral-anon/device[0]');
});
