import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lastValue, optionsOf } from '../../../src/launch/qemu/qemu-options.js';

test('an option takes the next argument, unless it is a flag', () => {
  expect([...optionsOf(['disk.img', '-S', '--name', '-mon', '-m', '1G'])]).toEqual([
    { name: 'S', value: undefined, at: 1 },
    { name: 'name', value: '-mon', at: 3 },
    { name: 'm', value: '1G', at: 5 },
  ]);
});

test('a flag that is too new to be known is seen by what follows it', () => {
  expect([...optionsOf(['-flag-of-the-future', '-qmp', 'stdio'])]).toEqual([
    { name: 'flag-of-the-future', value: undefined, at: 0 },
    { name: 'qmp', value: 'stdio', at: 2 },
  ]);
});

test('of an option that is given twice, the last value counts', () => {
  expect(lastValue(['-name', 'a', '-append', '-name', '--name', 'b'], 'name')).toBe('b');
  expect(lastValue(['-append', '-name'], 'name')).toBeUndefined();
});

test('whatever the arguments are, each is in one option at most, and a value is where it is said to be', () => {
  const word = fc.oneof(fc.constantFrom('-S', '-qmp', '--mon', '-name', '-append', '-', '--'), fc.string());
  fc.assert(
    fc.property(fc.array(word), (argv) => {
      const options = [...optionsOf(argv)];
      const places = options.map(({ at }) => at);
      expect(places).toEqual([...new Set(places)].sort((a, b) => a - b));
      for (const { value, at } of options) if (value !== undefined) expect(argv[at]).toBe(value);
    }),
  );
});
