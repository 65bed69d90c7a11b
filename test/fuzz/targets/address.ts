/** Addresses of sockets. */
import assert from 'node:assert/strict';
import { UsageError } from '../../../src/errors.js';
import { formatAddress, parseAddress } from '../../../src/transport/address.js';
import type { Target } from '../target.js';

export const target: Target = {
  holds: 'an address is refused in one line, or read from what it prints as the same address',
  maxLength: 200,
  words: ['unix:', 'tcp:', 'fd:', 'stdio', '[::1]:', 'localhost', '65535', '65536', './', '/', '\0'],
  seeds: () => ['unix:/run/q.sock', './a', 'tcp:[::1]:4444', 'localhost:1', ':4444', 'fd:3', 'stdio'],
  run(input) {
    const text = new TextDecoder().decode(input);
    let address;
    try {
      address = parseAddress(text);
    } catch (error) {
      assert.ok(error instanceof UsageError, String(error));
      assert.doesNotMatch(error.message, /[\n\x1b\0]/);
      return;
    }
    const normal = address.kind === 'tcp' ? { ...address, host: address.host ?? '127.0.0.1' } : address;
    assert.deepEqual(parseAddress(formatAddress(address)), normal);
  },
};
