import { closeSync, existsSync, fstatSync, openSync, statSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { DatagramReceiver, sendDatagram } from '../../../src/transport/notify/datagram.js';
import { testFolder } from '../../support/folder.js';
import { until } from '../../support/until.js';

function receiver(path: string): { received: { text: string; fds: number[] }[]; socket: DatagramReceiver } {
  const received: { text: string; fds: number[] }[] = [];
  const socket = new DatagramReceiver(path, (text, fds) => received.push({ text, fds }));
  onTestFinished(() => {
    socket.close();
  });
  return { received, socket };
}

test('a text and descriptors go along; what came before the process died is received too', async () => {
  const path = join(testFolder(), 'a.sock');
  const { received, socket } = receiver(path);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  const file = openSync('/dev/null', 'r');
  expect(sendDatagram(path, 'FDSTORE=1\nFDNAME=L1', [file, file])).toBe('sent');
  closeSync(file);
  socket.drain();
  expect(received.map(({ text }) => text)).toEqual(['FDSTORE=1\nFDNAME=L1']);
  const [first = -1, second = -1] = received[0]?.fds ?? [];
  expect(fstatSync(first).rdev).toBe(fstatSync(second).rdev);
  for (const fd of [first, second]) closeSync(fd);
  sendDatagram(path, 'READY=1');
  await until('the second', () => received.length === 2);
});

test('a receiver that is behind is told from one that is gone', () => {
  const path = join(testFolder(), 'a.sock');
  const { received, socket } = receiver(path);
  let sent = 0;
  while (sendDatagram(path, 'x') === 'sent') sent++;
  expect(sendDatagram(path, 'x')).toBe('full');
  socket.drain();
  expect(received).toHaveLength(sent);
  socket.close();
  expect(existsSync(path)).toBe(false);
  expect(sendDatagram(path, 'x')).toEqual({ failed: expect.stringMatching(/ENOENT/) as string });
});

test('a receiver that is behind is waited for, but not for ever', () => {
  const path = join(testFolder(), 'a.sock');
  const { received } = receiver(path);
  while (sendDatagram(path, 'x') === 'sent');
  expect(sendDatagram(path, 'too late', [], 20)).toBe('full');
  expect(received).toEqual([]);
});

test('abstract addresses, as systemd may give them, are no paths', () => {
  expect(sendDatagram('@qmptap-test-nobody', 'x')).toEqual({
    failed: expect.stringMatching(/ECONNREFUSED/) as string,
  });
});

test('any text comes as it was sent', () => {
  const path = join(testFolder(), 'a.sock');
  const { received, socket } = receiver(path);
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
      sendDatagram(path, text);
      socket.drain();
      expect(received.pop()?.text).toBe(text);
    }),
  );
});

test('a path in no folder is told in one line', () => {
  expect(() => new DatagramReceiver('/nowhere/a.sock', () => undefined)).toThrow(
    /\/nowhere\/a\.sock: .*ENOENT/,
  );
});
