import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  filterToSet,
  isSameSettings,
  withOurs,
  withoutOurs,
  wordsOf,
} from '../../../../src/launch/attach/log/settings.js';

const ours = { filters: ['2:qemu.qemu_monitor', '1:qemu.qemu_domain'], outputs: ['1:file:/x/log'] };

/** As libvirt shows what it was given. */
const shown = (filter: string): string => filter.replace(/^(\d:)(.*)$/, '$1*$2*');

const filter = fc
  .constantFrom('1:qemu', '3:*', '2:qemu.qemu_monitor', '1:qemu.qemu_domain', '4:a*b')
  .map(shown);
const output = fc.constantFrom('3:stderr', '1:file:/a', '3:syslog:libvirtd', '1:journald');
const set = fc.record({ filters: fc.array(filter), outputs: fc.array(output) });

test('ours added, shown by libvirt and taken out: what was set before, in its order', () => {
  fc.assert(
    fc.property(set, (before) => {
      const { filters, outputs } = withOurs(before, { ...ours, filters: ours.filters.map(shown) });
      expect(withoutOurs({ filters, outputs }, ours)).toEqual(before);
    }),
  );
});

test('of several that are the same, one is taken out for each of ours', () => {
  fc.assert(
    fc.property(set, (before) => {
      const twice = withOurs(withOurs(before, ours), { ...ours, outputs: ['1:file:/y/log'] });
      const once = withoutOurs(twice, ours);
      expect(once.filters).toHaveLength(before.filters.length + 2);
      expect(once.outputs).toEqual([...before.outputs, '1:file:/y/log']);
    }),
  );
});

test('nothing of ours there: nothing is taken out', () => {
  const before = { filters: ['1:*qemu*'], outputs: ['3:stderr'] };
  expect(isSameSettings(withoutOurs(before, ours), before)).toBe(true);
  expect(isSameSettings(before, { ...before, outputs: [] })).toBe(false);
});

test.each([
  ['1:*qemu*', '1:qemu'],
  ['3:***', '3:*'],
  ['1:qemu', '1:qemu'],
])('%s was given as %s', (filter, given) => {
  expect(filterToSet(filter)).toBe(given);
  expect(wordsOf(` ${filter}  ${given} \n`)).toEqual([filter, given]);
});
