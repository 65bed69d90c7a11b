import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { UsageError } from '../../src/errors.js';
import { formatAddress, parseAddress } from '../../src/transport/address.js';

describe('parseAddress', () => {
  test.each([
    ['unix:/run/q.sock', { kind: 'unix', path: '/run/q.sock' }],
    ['unix:q.sock', { kind: 'unix', path: 'q.sock' }],
    ['./q.sock', { kind: 'unix', path: './q.sock' }],
    ['/tmp/with:colon', { kind: 'unix', path: '/tmp/with:colon' }],
    ['/tmp/with:4444', { kind: 'unix', path: '/tmp/with:4444' }],
    ['tcp:localhost:4444', { kind: 'tcp', host: 'localhost', port: 4444 }],
    ['localhost:4444', { kind: 'tcp', host: 'localhost', port: 4444 }],
    ['10.0.0.1:1', { kind: 'tcp', host: '10.0.0.1', port: 1 }],
    ['[::1]:4444', { kind: 'tcp', host: '::1', port: 4444 }],
    ['tcp:[fe80::1%eth0]:65535', { kind: 'tcp', host: 'fe80::1%eth0', port: 65535 }],
    [':4444', { kind: 'tcp', host: undefined, port: 4444 }],
    ['tcp:4444', { kind: 'tcp', host: undefined, port: 4444 }],
    ['tcp:127.0.0.1:0', { kind: 'tcp', host: '127.0.0.1', port: 0 }],
    ['fd:3', { kind: 'fd', fd: 3 }],
    ['stdio', { kind: 'stdio' }],
  ])('%s', (text, address) => {
    expect(parseAddress(text)).toEqual(address);
  });

  test.each([
    ['', /it is empty/],
    ['q.sock', /neither a path nor HOST:PORT/],
    ['unix:', /path is empty/],
    ['unix:/a\0b', /NUL/],
    ['fd:', /number of an open descriptor/],
    ['fd:-1', /number of an open descriptor/],
    ['fd:three', /number of an open descriptor/],
    ['localhost:', /no port number/],
    ['localhost:qmp', /no port number/],
    ['localhost:65536', /above 65535/],
    ['::1:4444', /needs brackets/],
    ['[::1]', /./],
    ['[::1]4444', /./],
  ])('refuses %j in one line', (text, why) => {
    const error = caught(() => parseAddress(text));
    expect(error).toBeInstanceOf(UsageError);
    expect(error.message).toMatch(why);
    expect(error.message).toMatch(/^address ".*": .*; .*$/);
  });

  test('takes a path of 107 bytes and refuses one of 108, with the count', () => {
    const path = `/${'ä'.repeat(53)}`;
    expect(parseAddress(path)).toEqual({ kind: 'unix', path });
    expect(caught(() => parseAddress(`${path}x`)).message).toMatch(/has 108 bytes and the system takes 107/);
  });
});

test('formatAddress gives what parseAddress reads as the same', () => {
  const address = fc.oneof(
    fc.record({
      kind: fc.constant('unix' as const),
      path: fc.string({ minLength: 1, maxLength: 20 }).map((s) => s.replaceAll('\0', '0')),
    }),
    fc.record({
      kind: fc.constant('tcp' as const),
      host: fc.oneof(fc.ipV4(), fc.ipV6(), fc.domain()),
      port: fc.nat(65535),
    }),
    fc.record({ kind: fc.constant('fd' as const), fd: fc.nat(9999) }),
  );
  fc.assert(
    fc.property(address, (each) => {
      expect(parseAddress(formatAddress(each))).toEqual(each);
    }),
  );
});

function caught(action: () => unknown): Error {
  try {
    action();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
}
