/** The numbers and the prototypes are Linux's: each is tried on the kernel that it is meant for. */
import { closeSync, openSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import * as system from '../../../src/transport/unix/libc.js';
import { libc } from '../../../src/transport/unix/libc.js';
import { testFolder } from '../../support/folder.js';
import { socketPair } from '../../support/streams.js';

/** Two joined sockets, closed with the test. */
function pair(): [number, number] {
  const both = socketPair();
  onTestFinished(() => {
    for (const fd of both) libc().close(fd);
  });
  return both;
}

const byte = Uint8Array.of(7);

describe('the C library', () => {
  test('is there, once', () => {
    expect(system.hasLibc).toBe(true);
    expect(libc()).toBe(libc());
  });

  test('says why a call failed', () => {
    expect(libc().close(99_999)).toBe(-1);
    expect(libc().errno()).toBe(constants.errno.EBADF);
    const [a] = pair();
    expect(libc().accept4(a, null, null, system.SOCK_CLOEXEC)).toBe(-1);
    expect(libc().errno()).toBe(constants.errno.EINVAL);
  });

  test.each([
    ['SO_TYPE', system.SO_TYPE, system.SOCK_STREAM],
    ['SO_DOMAIN', system.SO_DOMAIN, system.AF_UNIX],
    ['SO_ACCEPTCONN', system.SO_ACCEPTCONN, 0],
    ['SO_PEERCRED', system.SO_PEERCRED, process.pid],
  ])('knows the option %s', (_name, option, expected) => {
    const [a] = pair();
    const value = new Int32Array(3);
    expect(libc().getsockopt(a, option, value)).toBe(0);
    expect(value[0]).toBe(expected);
  });

  test('sends, counts what waits, and shuts down one direction', () => {
    const [a, b] = pair();
    expect(libc().send(a, byte, 1, system.MSG_NOSIGNAL)).toBe(1);
    const waiting = new Int32Array(1);
    expect([libc().ioctl(b, system.FIONREAD, waiting), waiting[0]]).toEqual([0, 1]);
    expect(libc().shutdown(a, system.SHUT_RD)).toBe(0);
    expect(libc().send(b, byte, 1, system.MSG_NOSIGNAL)).toBe(-1);
    expect(libc().errno()).toBe(constants.errno.EPIPE);
    expect(libc().send(a, byte, 1, system.MSG_DONTWAIT)).toBe(1);
  });

  test('notices a peer that has hung up', () => {
    const [a, b] = pair();
    const entry = new Int32Array([a, 0]);
    expect(libc().poll(entry, 1, 0)).toBe(0);
    libc().shutdown(b, system.SHUT_RDWR);
    expect(libc().poll(entry, 1, 0)).toBe(1);
    expect((entry[1] ?? 0) & (system.POLLHUP << 16)).not.toBe(0);
  });

  test('copies a descriptor that no child gets', () => {
    const file = openSync('/dev/null', 'r');
    const copy = libc().fcntl(file, system.F_DUPFD_CLOEXEC, 200);
    closeSync(file);
    expect(copy).toBeGreaterThanOrEqual(200);
    const flags = (fd: number): string => readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8');
    expect(flags(copy)).toMatch(/^flags:\s*0?2\d{6}$/m);
    expect(libc().fcntl(copy, system.F_SETFD, 0)).toBe(0);
    expect(flags(copy)).not.toMatch(/^flags:\s*0?2\d{6}$/m);
    expect(libc().fcntl(copy, system.F_SETFD, system.FD_CLOEXEC)).toBe(0);
    expect(flags(copy)).toMatch(/^flags:\s*0?2\d{6}$/m);
    closeSync(copy);
  });

  test('lets two files change places, and moves none over another', () => {
    const folder = testFolder();
    for (const name of ['a', 'b']) writeFileSync(join(folder, name), name);
    const fd = openSync(folder, 'r');
    onTestFinished(() => {
      closeSync(fd);
    });
    const [a, b] = [
      { folder: fd, name: 'a' },
      { folder: fd, name: 'b' },
    ];
    expect(libc().renameat2(a, b, system.RENAME_EXCHANGE)).toBe(0);
    expect(['a', 'b'].map((name) => readFileSync(join(folder, name), 'utf8'))).toEqual(['b', 'a']);
    expect(libc().renameat2(a, b, system.RENAME_NOREPLACE)).toBe(-1);
    expect(libc().errno()).toBe(constants.errno.EEXIST);
    expect(libc().renameat2(a, { folder: fd, name: 'c' }, system.RENAME_NOREPLACE)).toBe(0);
    expect(readdirSync(folder).sort()).toEqual(['b', 'c']);
  });

  test('has memory whose address stays', () => {
    const memory = libc().allocate(8);
    memory.bytes.set([1, 0, 0, 0], 4);
    expect(memory.view.getUint32(4, true)).toBe(1);
    expect(memory.address).not.toBe(0n);
  });

  test('tells when a process ends', () => {
    const own = libc().pidfdOpen(process.pid);
    expect(own).toBeGreaterThan(2);
    expect(libc().poll(new Int32Array([own, 1]), 1, 0)).toBe(0);
    libc().close(own);
    expect(libc().pidfdOpen(2 ** 22 + 1)).toBe(-1);
  });
});
