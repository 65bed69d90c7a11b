import { expect, test } from 'vitest';
import { isProbing, probingLabel, vmLabel } from '../../../src/launch/qemu/vm-label.js';

test.each([
  [['-name', 'guest=web1,debug-threads=on', '-machine', 'pc'], 'web1', false],
  [['-S', '-machine', 'none,accel=kvm:tcg'], 'probing none,accel=kvm:tcg', true],
  // As libvirt names a QEMU that it probes.
  [['-name', 'probe', '-M', 'none'], 'probing none', true],
  [['-machine', 'pc'], undefined, false],
])('%j: %s', (argv, label, probing) => {
  expect(vmLabel(argv)).toBe(label);
  expect(isProbing(label)).toBe(probing);
});

test('a VM that is called like that is taken for one', () => {
  expect(isProbing(probingLabel('none'))).toBe(true);
  expect(isProbing('not probing')).toBe(false);
});
