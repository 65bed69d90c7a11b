import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { listen } from '../../../src/transport/listen.js';
import { failure } from '../../support/listeners.js';
import { testFolder } from '../../support/folder.js';
import { isUnixSocket, keepInherited, takeInherited } from '../../../src/transport/unix/inherited.js';
import { AF_UNIX, SOCK_CLOEXEC, SOCK_DGRAM, SOCK_STREAM, libc } from '../../../src/transport/unix/libc.js';
import { descriptors, rawListener, socketPair } from '../../support/streams.js';

describe('an inherited socket', () => {
  test('refuses what is no socket, or is in use', async () => {
    const [file] = descriptors(1).map(inherited);
    expect(await failure(`fd:${file}`)).toBe(`cannot use fd:${file}: descriptor ${file} is no socket`);
    libc().close(file!);
    expect(await failure('fd:99999')).toMatch(
      /^cannot use fd:99999: descriptor 99999: bad file descriptor \(EBADF\)/,
    );
    const [a, b] = socketPair().map(inherited) as [number, number];
    (await listen({ kind: 'fd', fd: a })).close();
    expect(await failure(`fd:${a}`)).toMatch(/in use already/);
    libc().close(b);
  });

  test('is told by its family and whether it listens', () => {
    const folder = testFolder();
    const all = [
      rawListener(join(folder, 'q.sock'), 1),
      socketPair()[0],
      libc().socket(2, SOCK_STREAM, 0),
    ].map(inherited);
    expect(all.map((fd) => takeInherited(fd, `fd:${fd}`))).toEqual([
      { family: 'unix', listening: true },
      { family: 'unix', listening: false },
      { family: 'tcp', listening: false },
    ]);
    for (const fd of all) libc().close(fd);
  });

  test('of datagrams is refused', () => {
    const fd = inherited(libc().socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    expect(() => takeInherited(fd, `fd:${fd}`)).toThrow(`descriptor ${fd} is no stream socket`);
    expect([isUnixSocket(fd), isUnixSocket(99_999)]).toEqual([false, false]);
    libc().close(fd);
    const [a, b] = socketPair();
    expect(isUnixSocket(a)).toBe(true);
    for (const each of [a, b]) libc().close(each);
  });

  test('is not passed on to children, wherever the gaps between the numbers are', () => {
    const [a, b] = socketPair();
    const far = libc().fcntl(a, 0, 700); // without close-on-exec
    keepInherited();
    const { stdout } = spawnSync('sh', ['-c', 'ls /proc/self/fd'], { encoding: 'utf8' });
    expect(stdout.split('\n')).not.toContain(String(far));
    for (const each of [a, b, far]) libc().close(each);
  });
});

/** The descriptor under a number that was not used before: an inherited one is never taken twice. */
function inherited(fd: number): number {
  const duplicate = libc().fcntl(fd, 0, inheritedSoFar++);
  libc().close(fd);
  return duplicate;
}
let inheritedSoFar = 400;
