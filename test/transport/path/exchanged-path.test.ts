import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { ConnectError } from '../../../src/errors.js';
import { ExchangedPath, holdExchanged, undoExchange } from '../../../src/transport/path/exchanged-path.js';
import { drive } from '../../../src/transport/session/drive.js';
import { F_DUPFD_CLOEXEC, libc } from '../../../src/transport/unix/libc.js';
import { testFolder } from '../../support/folder.js';
import { rawListener } from '../../support/streams.js';
import { MemorySink } from '../../support/traffic-sink.js';
import { until } from '../../support/until.js';

const POLLIN = 1;

/** A server that says its name to each client. */
async function serverAt(path: string, name = 'the server'): Promise<Server> {
  const server = createServer((socket) => socket.end(name));
  server.listen(path);
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return server;
}

function take(path: string): ExchangedPath {
  const taken = ExchangedPath.take(path, '/recordings/vm.qmptap');
  onTestFinished(() => {
    taken.giveBack();
  });
  return taken;
}

async function answerAt(path: string): Promise<string> {
  const socket = connect(path);
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  await once(socket, 'close');
  return Buffer.concat(chunks).toString();
}

function relay(taken: ExchangedPath): void {
  const proxy = drive({ clients: taken.clients, server: taken.server, sink: new MemorySink() });
  onTestFinished(() => proxy.stop());
}

/** An entry of an access control list, as the kernel keeps it (`struct posix_acl_xattr_entry`). */
function aclEntry(tag: number, rights: number, id = 0xffffffff): Buffer {
  const entry = Buffer.alloc(8);
  entry.writeUInt16LE(tag, 0);
  entry.writeUInt16LE(rights, 2);
  entry.writeUInt32LE(id, 4);
  return entry;
}

/** Runs a program of Node's until it prints something, and kills it. */
async function killedAfterPrinting(...words: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  child.kill('SIGKILL');
  await once(child, 'exit');
}

/** Takes the path in a process of its own, which is killed. */
function takenAndKilled(path: string): Promise<void> {
  const module = join(process.cwd(), 'dist/transport/path/exchanged-path.js');
  return killedAfterPrinting(
    '--input-type=module',
    '-e',
    `import { ExchangedPath } from ${JSON.stringify(module)};
     const taken = ExchangedPath.take(${JSON.stringify(path)}, 'x');
     taken.clients.start({ connection() {}, trouble() {} });
     console.log('taken');`,
  );
}

test('clients come to us and reach the server; the path is given back as it was', async () => {
  const path = join(testFolder(), 'qmp.sock');
  await serverAt(path);
  chmodSync(path, 0o660);
  const { ino } = statSync(path);
  const taken = take(path);
  expect(taken.state).toBe('taken');
  expect(statSync(path).ino).not.toBe(ino);
  expect(statSync(path).mode & 0o777).toBe(0o660);
  expect(statSync(`${path}.qmptap`).mode & 0o777).toBe(0o700);
  relay(taken);
  expect(await answerAt(path)).toBe('the server');

  expect(taken.giveBack()).toBe('restored');
  expect(statSync(path).ino).toBe(ino);
  expect(existsSync(`${path}.qmptap`)).toBe(false);
  expect(await answerAt(path)).toBe('the server');
  expect(taken.giveBack()).toBe('cleaned');
});

test('the access control list of the path stays, and goes back with it', async () => {
  const path = join(testFolder(), 's');
  await serverAt(path);
  const version = Buffer.from([2, 0, 0, 0]);
  const list = Buffer.concat([
    version,
    aclEntry(1, 7), // the owner
    aclEntry(2, 6, 64055), // one user, as libvirt-qemu on Debian
    aclEntry(4, 5), // the group
    aclEntry(0x10, 7), // the mask
    aclEntry(0x20, 0), // others
  ]);
  expect(libc().setxattr(path, 'system.posix_acl_access', list)).toBe(0);
  const kept = (): Buffer => {
    const value = Buffer.alloc(256);
    return value.subarray(0, Math.max(0, libc().getxattr(path, 'system.posix_acl_access', value)));
  };
  const { ino } = statSync(path);
  const taken = take(path);
  expect(statSync(path).ino).not.toBe(ino);
  expect(kept()).toEqual(list);
  taken.giveBack();
  expect(statSync(path).ino).toBe(ino);
  expect(kept()).toEqual(list);
});

test('a client that waits in our queue when the path is given back is served', async () => {
  const path = join(testFolder(), 'qmp.sock');
  await serverAt(path);
  const taken = take(path);
  relay(taken);
  const waiting = connect(path);
  const chunks: Buffer[] = [];
  waiting.on('data', (chunk) => chunks.push(chunk));
  await once(waiting, 'connect');
  taken.giveBack();
  await once(waiting, 'close');
  expect(Buffer.concat(chunks).toString()).toBe('the server');
});

test('a client that waits for a busy server when the path is given back has that server later, not another one', async () => {
  const folder = testFolder();
  const [path, other] = [join(folder, 'qmp.sock'), join(folder, 'other.sock')];
  const server = rawListener(path, 0); // one client fills its queue
  onTestFinished(() => void libc().close(server));
  const taken = take(path);
  let accepted = 0;
  const sink = new MemorySink();
  const onEvent = ({ type }: { type: string }): void => {
    if (type === 'opened') accepted++;
  };
  const proxy = drive({ clients: taken.clients, server: taken.server, sink, onEvent });
  onTestFinished(() => proxy.stop());
  const clients = [connect(path), connect(path)];
  const got = clients.map((client) => {
    const chunks: Buffer[] = [];
    client.on('data', (chunk) => chunks.push(chunk));
    return chunks;
  });
  const closed = clients.map((client) => once(client, 'close'));
  await until('both to be accepted', () => accepted === 2);
  taken.giveBack();
  // Its descriptors' numbers are another path's now.
  await serverAt(other, 'the wrong one');
  const next = take(other);
  expect(next.state).toBe('taken');
  for (const name of ['first', 'second']) {
    await until('a client', () => libc().poll(new Int32Array([server, POLLIN]), 1, 0) > 0);
    const fd = libc().accept4(server, null, null, 0);
    writeSync(fd, name);
    libc().shutdown(fd, 2);
    libc().close(fd);
  }
  await Promise.all(closed);
  expect(got.map((chunks) => Buffer.concat(chunks).toString()).sort()).toEqual(['first', 'second']);
});

describe('links below the folder that is not everybody’s', () => {
  test('are followed by nobody who takes a path, nor by one who goes on', async () => {
    const folder = testFolder();
    for (const name of ['vms', 'vms/good']) mkdirSync(join(folder, name));
    const [good, evil] = [join(folder, 'vms/good/qmp.sock'), join(folder, 'vms/evil/qmp.sock')];
    await serverAt(good);
    symlinkSync('good', join(folder, 'vms/evil'));
    const within = join(folder, 'vms');
    expect(() => ExchangedPath.take(evil, 'x', { within })).toThrow(
      /cannot attach to .*evil.*: its folder: /,
    );
    expect(existsSync(`${good}.qmptap`)).toBe(false);
    const taken = take(good);
    const own = { dev: 1, ino: 1 };
    expect(() => ExchangedPath.adopt(evil, { own, fd: -1, within, recording: 'x' })).toThrow(/its folder/);
    expect(taken.state).toBe('taken');
    relay(taken);
    expect(await answerAt(good)).toBe('the server');
  });

  test('and on the way to it they are', async () => {
    const folder = testFolder();
    mkdirSync(join(folder, 'real/vm'), { recursive: true });
    symlinkSync('real', join(folder, 'link'));
    await serverAt(join(folder, 'real/vm/qmp.sock'));
    const taken = ExchangedPath.take(join(folder, 'link/vm/qmp.sock'), 'x', { within: join(folder, 'link') });
    expect(taken.giveBack()).toBe('restored');
  });
});

test('what another process needs to go on is said before the exchange; if that fails nothing has changed', async () => {
  const folder = testFolder();
  const path = join(folder, 'qmp.sock');
  await serverAt(path);
  const { ino } = statSync(path);
  const prepared = (own: ExchangedPath['own']): void => {
    expect(own.ino).not.toBe(ino);
    expect(statSync(path).ino).toBe(ino);
    throw new Error('the disk is full');
  };
  expect(() => ExchangedPath.take(path, 'x', { prepared })).toThrow(/cannot attach to .*: the disk is full/);
  expect(readdirSync(folder)).toEqual(['qmp.sock']);
  expect(statSync(path).ino).toBe(ino);
});

test('a second one is refused, and told who has it', async () => {
  const path = join(testFolder(), 'qmp.sock');
  await serverAt(path);
  const taken = take(path);
  expect(() => ExchangedPath.take(path, 'y')).toThrow(
    `cannot attach to ${path}: process ${process.pid} has it already, and records it in /recordings/vm.qmptap`,
  );
  expect(() => undoExchange(path)).toThrow(/has it already/);
  expect(taken.state).toBe('taken');
});

test('what a killed process has left is repaired, or by the next one who attaches', async () => {
  const path = join(testFolder(), 'qmp.sock');
  await serverAt(path);
  const { ino } = statSync(path);
  expect(undoExchange(path)).toBeUndefined();
  await takenAndKilled(path);
  expect(statSync(path).ino).not.toBe(ino);
  expect(undoExchange(path)).toBe('restored');
  expect(statSync(path).ino).toBe(ino);

  await takenAndKilled(path);
  const taken = take(path);
  expect(taken.clients.notices.join()).toMatch(/repaired/);
  relay(taken);
  expect(await answerAt(path)).toBe('the server');
});

test('a new server at the path of a killed process is not touched', async () => {
  const path = join(testFolder(), 'qmp.sock');
  const old = await serverAt(path);
  await takenAndKilled(path);
  unlinkSync(path);
  const fresh = await serverAt(path, 'the new one');
  // Two that live: a successor of the one that was killed is about to say that it goes on.
  expect(() => undoExchange(path)).toThrow(/goes on from one that was killed/);
  fresh.close();
  old.close();
  await serverAt(path, 'the new one');
  expect(undoExchange(path)).toBe('cleaned');
  expect(existsSync(`${path}.qmptap`)).toBe(false);
  expect(await answerAt(path)).toBe('the new one');
});

test('the server removes its path, or is started anew', async () => {
  const folder = testFolder();
  const path = join(folder, 'qmp.sock');
  await serverAt(path);
  const taken = take(path);
  unlinkSync(path);
  expect(taken.state).toBe('gone');
  await serverAt(path, 'the new one');
  expect(taken.state).toBe('replaced');
  taken.giveBack();
  expect(await answerAt(path)).toBe('the new one');
  expect(readdirSync(folder)).toEqual(['qmp.sock']);
});

test('a path that was removed while its server lives is put back', async () => {
  const path = join(testFolder(), 'qmp.sock');
  await serverAt(path);
  const taken = take(path);
  unlinkSync(path);
  expect(taken.giveBack()).toBe('restored');
  expect(await answerAt(path)).toBe('the server');
});

test('the folder is moved away: what was held is what is given back', async () => {
  const folder = join(testFolder(), 'vm');
  mkdirSync(folder);
  await serverAt(join(folder, 'qmp.sock'));
  const taken = take(join(folder, 'qmp.sock'));
  renameSync(folder, `${folder}-moved`);
  mkdirSync(folder);
  writeFileSync(join(folder, 'qmp.sock'), 'another one');
  expect(taken.giveBack()).toBe('restored');
  expect(await answerAt(`${folder}-moved/qmp.sock`)).toBe('the server');
  expect(statSync(join(folder, 'qmp.sock')).isFile()).toBe(true);
});

const refusals: [string, RegExp, (path: string) => unknown][] = [
  ['nothing is there', /there is no such socket/, () => undefined],
  [
    'a file',
    /the file is no socket/,
    (path) => {
      writeFileSync(path, '');
    },
  ],
  [
    'a symbolic link',
    /it is a symbolic link/,
    (path) => {
      symlinkSync('/dev/log', path);
    },
  ],
  [
    'a folder beside it that others can write in',
    /is in the way, and is not one of ours/,
    async (path) => {
      await serverAt(path);
      mkdirSync(`${path}.qmptap`);
      chmodSync(`${path}.qmptap`, 0o777);
    },
  ],
  [
    'a link in the place of our folder',
    /is in the way, and is not one of ours/,
    async (path) => {
      await serverAt(path);
      symlinkSync('/tmp', `${path}.qmptap`);
    },
  ],
  [
    'a socket on which nobody listens',
    /nobody listens on this socket/,
    (path) =>
      killedAfterPrinting(
        '-e',
        `require('net').createServer().listen(${JSON.stringify(path)}, () => console.log(1))`,
      ),
  ],
];

test.each(refusals)('refused, and nothing changed: %s', async (_, message, prepare) => {
  const folder = testFolder();
  const path = join(folder, 'qmp.sock');
  await prepare(path);
  const before = readdirSync(folder);
  expect(() => ExchangedPath.take(path, 'x')).toThrow(message);
  expect(readdirSync(folder)).toEqual(before);
});

test('that no server is there is a code of its own', () => {
  const path = join(testFolder(), 'qmp.sock');
  const code = (): unknown => {
    try {
      return ExchangedPath.take(path, 'x');
    } catch (error) {
      return (error as ConnectError).code;
    }
  };
  expect(code()).toBe('NO_SERVER');
  writeFileSync(path, '');
  expect(code()).toBe('CONNECT');
});

test('one that goes on from a killed one says so, and cleans up at its end', async () => {
  const folder = testFolder();
  const path = join(folder, 'qmp.sock');
  await serverAt(path);
  expect(() => {
    holdExchanged(path, 'y');
  }).toThrow(/nobody has taken this path/);
  await takenAndKilled(path);
  holdExchanged(path, '/recordings/next.qmptap');
  expect(() => ExchangedPath.take(path, 'z')).toThrow(/records it in \/recordings\/next\.qmptap/);
  expect(undoExchange(path, { held: true })).toBe('restored');
  expect(readdirSync(folder)).toEqual(['qmp.sock']);
});

describe('a path that a process before this one has taken', () => {
  /** What is left of one: the file that it had, and a copy of its listener. */
  const left = (taken: ExchangedPath): { own: ExchangedPath['own']; fd: number } => ({
    own: taken.own,
    fd: libc().fcntl(taken.clients.fd, F_DUPFD_CLOEXEC, 3),
  });

  test('is gone on with, and given back', async () => {
    const path = join(testFolder(), 'qmp.sock');
    await serverAt(path);
    const { ino } = statSync(path);
    const { own, fd } = left(take(path));
    const adopted = ExchangedPath.adopt(path, { own, fd, recording: '/recordings/next.qmptap' });
    expect(adopted?.state).toBe('taken');
    relay(adopted!);
    expect(await answerAt(path)).toBe('the server');
    expect(adopted?.giveBack()).toBe('restored');
    expect(statSync(path).ino).toBe(ino);
  });

  test('and that is another server’s by now is left alone, and cleaned up beside', async () => {
    const path = join(testFolder(), 'qmp.sock');
    await serverAt(path);
    const { own, fd } = left(take(path));
    unlinkSync(path);
    await serverAt(path, 'a new server');
    expect(ExchangedPath.adopt(path, { own, fd, recording: '/r' })).toBeUndefined();
    libc().close(fd);
    expect(existsSync(`${path}.qmptap`)).toBe(false);
    expect(await answerAt(path)).toBe('a new server');
    expect(ExchangedPath.adopt(path, { own, fd: -1, recording: '/r' })).toBeUndefined();
  });
});
