import { readFileSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { unixPeer } from '../../../src/transport/unix/peer-credentials.js';
import { closeAll, socketPair } from '../../support/streams.js';

test('the peer of a socket pair is this process', () => {
  const pair = socketPair();
  onTestFinished(() => {
    closeAll(pair);
  });
  expect(unixPeer(pair[0], 'unix:/q')).toEqual({
    address: 'unix:/q',
    pid: process.pid,
    uid: process.getuid?.(),
    gid: process.getgid?.(),
    program: readFileSync('/proc/self/comm', 'utf8').trimEnd(),
  });
});

test('what is no socket has an address and nothing else', () => {
  expect(unixPeer(-1, 'unix:/q')).toEqual({ address: 'unix:/q' });
});
