import { describe, expect, onTestFinished, test } from 'vitest';
import { MSG_DONTWAIT, SHUT_RDWR, libc } from '../../../src/transport/unix/libc.js';
import { Readiness, type ReadinessEvents } from '../../../src/transport/unix/readiness.js';
import { startScript } from '../../support/process.js';
import { socketPair, turns } from '../../support/streams.js';

/** One of two joined sockets, watched, and what was told of it. */
function watched(): {
  fd: number;
  peer: number;
  readiness: Readiness;
  told: string[];
  next: () => Promise<void>;
} {
  const [fd, peer] = socketPair();
  const told: string[] = [];
  let wake: () => void = () => undefined;
  const events: ReadinessEvents = {
    ready(readable, writable) {
      told.push(
        [readable ? 'readable' : '', writable ? 'writable' : ''].filter((word) => word !== '').join(),
      );
      // Watching is level-triggered: what is not read is told again and again.
      readiness.want(false, false);
      wake();
    },
  };
  const readiness = new Readiness(fd, events);
  onTestFinished(() => {
    readiness.close();
    for (const each of [fd, peer]) libc().close(each);
  });
  return { fd, peer, readiness, told, next: () => new Promise((resolve) => (wake = resolve)) };
}

const send = (fd: number): number => libc().send(fd, Uint8Array.of(1), 1, MSG_DONTWAIT);

describe('a socket that is watched', () => {
  test('is told of only for what is wanted', async () => {
    const { peer, readiness, told, next } = watched();
    send(peer);
    await turns();
    expect(told).toEqual([]);
    readiness.want(true, false);
    await next();
    readiness.want(false, true);
    await next();
    readiness.want(true, true);
    await next();
    expect(told).toEqual(['readable', 'writable', 'readable,writable']);
  });

  test('is told of no more after its close, which may come twice, and can be wanted no more', async () => {
    const { peer, readiness, told } = watched();
    readiness.want(true, true);
    readiness.close();
    readiness.close();
    readiness.want(true, false);
    send(peer);
    await turns();
    expect(told).toEqual([]);
  });

  test('is readable when the peer has gone', async () => {
    const { peer, readiness, told, next } = watched();
    readiness.want(true, false);
    libc().shutdown(peer, SHUT_RDWR);
    await next();
    expect(told[0]).toContain('readable');
  });
});

/** In a process of its own: here other events would run what is left waiting. */
test('promises and ticks that a wakeup leaves behind are run', async () => {
  const node = startScript('test/fixtures/wakeups-program.ts', ['300']);
  expect(await node.ended, node.stderr()).toBe(0);
});
