import fc from 'fast-check';
import { expect, test } from 'vitest';
import { libc } from '../../../src/transport/unix/libc.js';
import { ControlBuffer, MessageHeader, controlBytes } from '../../../src/transport/unix/message-header.js';

test('a control buffer gives the descriptors that were written, up to the kernel’s limit of 253', () => {
  const control = new ControlBuffer(libc());
  const numbers = fc.array(fc.integer({ min: 0, max: 0x7fffffff }), { maxLength: 253 });
  fc.assert(
    fc.property(numbers, (fds) => {
      const length = control.write(fds);
      expect(length).toBeLessThanOrEqual(controlBytes);
      expect(control.read(length)).toEqual(fds);
    }),
  );
});

test('a control buffer that was cut off gives what is whole', () => {
  const control = new ControlBuffer(libc());
  control.write([3, 4, 5]);
  expect(control.read(16 + 4 + 3)).toEqual([3]);
  expect(control.read(15)).toEqual([]);
});

test('a header keeps its length of control messages, and has none that were cut off', () => {
  const header = new MessageHeader(libc(), 1);
  header.controlLength = 24;
  expect([header.controlLength, header.truncatedControl]).toEqual([24, false]);
});
