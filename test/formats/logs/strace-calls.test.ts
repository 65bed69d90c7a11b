import { expect, test } from 'vitest';
import { type Call, StraceCalls } from '../../../src/formats/logs/strace-calls.js';
import { Clock } from '../../../src/formats/reading/clock.js';

function call(line: string): Call | undefined {
  let given: Call | undefined;
  new StraceCalls(new Clock(0), (one) => (given = one)).line(line, 1);
  return given;
}

test.each([
  [
    String.raw`write(5, "a\n\"\\\0012\x41", 8) = 8`,
    { way: 'out', fd: '5', data: 'a\n"\\\x012A', isCut: true },
  ],
  ['read(5, "abc"..., 4096) = 200', { way: 'in', data: 'abc', isCut: true }],
  [
    'writev(5, [{iov_base="ab", iov_len=2}, {iov_base="cd", iov_len=2}], 2) = 3',
    { data: 'abc', isCut: false },
  ],
  ['12 10:00:00 close(5<socket:[1]>) = 0', { name: 'close', fd: '5' }],
])('%s', (line, expected) => {
  expect(call(line)).toMatchObject(expected);
});

test.each([
  'read(5, 0x7ffe, 16) = -1 EAGAIN (Resource temporarily unavailable)',
  'read(5, "", 4096) = 0',
  'poll([{fd=5}], 1, -1) = 1',
  '+++ exited with 0 +++',
  '<... read resumed> "x", 1) = 1',
])('%s moves nothing', (line) => {
  expect(call(line)).toBeUndefined();
});
