import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shapeOf } from '../../../src/inspect/profile/shape.js';
import { fromPlain, isObject } from '../../../src/json/value.js';
import { jsonValue } from '../../support/json-arbitraries.js';

const shape = (given: object): string => {
  const value = fromPlain(given);
  return isObject(value) ? shapeOf(value) : expect.fail();
};

test('has the members in order, and the values that choose what is done', () => {
  expect(shape({})).toBe('{}');
  expect(shape({ id: 'vd0', driver: 'virtio-blk-pci', bus: 'pci.0' })).toBe('{bus,driver=virtio-blk-pci,id}');
  expect(shape({ flat: true, file: { driver: 'file', filename: '/secret', locking: { deep: 1 } } })).toBe(
    '{file:{driver=file,filename,locking},flat=true}',
  );
  expect(shape({ actions: [{ type: 'abort' }, { type: 'abort' }, { type: '/x' }, 7] })).toBe(
    '{actions:[?,abort]}',
  );
});

test('has nothing that a command names, and is bounded', () => {
  expect(shape({ password: 'hunter2', driver: '/dev/sda', 'a b': 1 })).toBe('{?,driver,password}');
  const many = Object.fromEntries(Array.from({ length: 500 }, (_, at) => [`member${at}`, at]));
  expect(shape(many).length).toBeLessThanOrEqual(201);
});

test('is made of any arguments', () => {
  fc.assert(
    fc.property(jsonValue, (value) => {
      if (isObject(value)) expect(shapeOf(value)).toBe(shapeOf(new Map([...value].reverse())));
    }),
  );
});
