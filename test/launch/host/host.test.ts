import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { basename, dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Host } from '../../../src/launch/host/host.js';
import type { HostEvent } from '../../../src/launch/host/host-options.js';
import { watchedPlace } from '../../../src/launch/host/places.js';
import { testFolder } from '../../support/folder.js';
import { until } from '../../support/until.js';

async function serverAt(path: string): Promise<Server> {
  const server = createServer((socket) => socket.pipe(socket));
  server.listen(path);
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return server;
}

function hostIn(
  folder: string,
  wants = (): boolean => true,
  ...globs: readonly string[]
): { host: Host; told: string[] } {
  const told: string[] = [];
  const onEvent = (event: HostEvent): void => {
    if (event.type === 'vm') told.push(`${event.label} ${event.state}`);
    if (event.type === 'trouble') told.push(`${event.label ?? ''}: ${event.text}`);
  };
  const usual = ['vm/*/*.qmp', 'vm/*/*.qga'].map((glob) => join(folder, glob));
  const places = (globs.length > 0 ? globs : usual).map(watchedPlace);
  const host = new Host(
    { recordings: join(folder, 'recordings'), places, wants, limits: {}, onEvent },
    { folder, store: undefined, restored: [], leaving: false },
  );
  onTestFinished(async () => {
    host.leave();
    await host.finished;
  });
  return { host, told };
}

async function talk(path: string): Promise<() => void> {
  const socket = connect(path);
  socket.write('{"QMP": {}}\n');
  await once(socket, 'data');
  return () => void socket.destroy();
}

test('the sockets of a VM are one VM, from their coming to their going', async () => {
  const folder = testFolder();
  mkdirSync(join(folder, 'vm/1'), { recursive: true });
  const monitor = join(folder, 'vm/1/web1.qmp');
  await serverAt(monitor);
  const { host, told } = hostIn(folder);
  expect(told).toEqual(['web1 waiting']);
  await serverAt(join(folder, 'vm/1/web1.qga'));
  await until('the agent', () => [...host.answers()][0]?.channels.length === 2);
  const leave = await talk(monitor);
  const [answer] = [...host.answers()];
  expect(answer).toMatchObject({ label: 'web1', state: 'recorded' });
  expect(answer?.channels[0]).toMatchObject({
    ...{ path: monitor, taken: true, sessions: 1, holder: { pid: process.pid } },
    total: { sessions: 1, c2s: 12, s2c: 12 },
  });
  expect(host.sessions).toBe(1);
  leave();
  await until('the session to be over', () => host.sessions === 0);
  rmSync(join(folder, 'vm/1'), { recursive: true }); // as libvirt does
  await until('its end', () => told.at(-1) === 'web1 ended');
  expect([...host.answers()]).toEqual([]);
  const files = readdirSync(join(folder, 'recordings')).filter((name) => name !== '.host');
  expect(files.map((name) => name.replace(/.*-/, ''))).toEqual(['web1.qmptap']);
});

test('a server that comes anew to the same path is taken anew, while an old session goes on', async () => {
  const folder = testFolder();
  mkdirSync(join(folder, 'vm/1'), { recursive: true });
  const monitor = join(folder, 'vm/1/a.qmp');
  await serverAt(monitor);
  const { host, told } = hostIn(folder);
  const leave = await talk(monitor);
  await serverAt(join(folder, 'new.sock'));
  const { ino } = statSync(join(folder, 'new.sock'));
  renameSync(join(folder, 'new.sock'), monitor);
  await until('the new one to be taken', () => statSync(monitor).ino !== ino);
  const again = await talk(monitor);
  await until('both sessions', () => host.sessions === 2);
  for (const each of [leave, again]) each();
  await until('their ends', () => host.sessions === 0);
  expect(told.filter((text) => /ended|:/.test(text))).toEqual([]);
});

test('a folder that becomes a link between the look and the exchange leads to nobody else’s socket', async () => {
  const folder = testFolder();
  for (const name of ['vm/1', 'vm/evil', 'elsewhere']) mkdirSync(join(folder, name), { recursive: true });
  const victim = join(folder, 'elsewhere/a.qmp');
  await serverAt(victim);
  await serverAt(join(folder, 'vm/evil/a.qmp'));
  const { ino } = statSync(victim);
  // Asked for its name, which is after the look and before the exchange.
  const { host, told } = hostIn(folder, () => {
    renameSync(join(folder, 'vm/evil'), join(folder, 'vm/moved'));
    symlinkSync(join(folder, 'elsewhere'), join(folder, 'vm/evil'));
    return true;
  });
  expect(statSync(victim).ino).toBe(ino);
  expect(readdirSync(join(folder, 'elsewhere'))).toEqual(['a.qmp']);
  expect(told).toEqual(['a direct']);
  expect([...host.answers()]).toEqual([]);
});

test('names with any characters are names, and nothing else', async () => {
  const folder = testFolder();
  const odd = ['a\nb', '..c', '-rf', '%s"\\', '\u001b[2J', 'x'.repeat(200)];
  for (const name of odd) mkdirSync(join(folder, 'vm', name), { recursive: true });
  const { host } = hostIn(folder, () => true, join(folder, 'vm/*/a.qmp'));
  for (const name of odd) {
    // Some are longer than a socket's path may be.
    await serverAt(join(folder, 'a.qmp'));
    renameSync(join(folder, 'a.qmp'), join(folder, 'vm', name, 'a.qmp'));
  }
  await until('all', () => [...host.answers()].length === odd.length);
  expect([...host.answers()].map(({ label }) => label).sort()).toEqual([...odd].sort());
  for (const { channels } of host.answers()) {
    const own = join(folder, 'own.qmp');
    rmSync(own, { force: true });
    symlinkSync(channels[0]?.path ?? '', own);
    (await talk(own))();
  }
  await until('all sessions to be over', () => host.sessions === 0);
  const files = [...host.answers()].map(({ file = '' }) => file);
  for (const file of files) {
    expect(dirname(file)).toBe(join(folder, 'recordings'));
    expect(basename(file)).toMatch(/^[\w.-]{1,100}\.qmptap$/);
  }
  expect(new Set(files).size).toBe(odd.length);
});

test('those that are not wanted, and sockets of the dead, are left alone; after the end all is as it was', async () => {
  const folder = testFolder();
  mkdirSync(join(folder, 'vm/1'), { recursive: true });
  const path = join(folder, 'vm/1/a.qmp');
  await serverAt(path);
  const { ino } = statSync(path);
  const unwanted = hostIn(folder, () => false);
  expect(statSync(path).ino).toBe(ino);
  unwanted.host.leave();
  await unwanted.host.finished;

  const { host, told } = hostIn(folder);
  expect(statSync(path).ino).not.toBe(ino);
  host.leave();
  host.leave();
  await host.finished;
  expect(statSync(path).ino).toBe(ino);
  expect(readdirSync(join(folder, 'vm/1'))).toEqual(['a.qmp']);
  expect(existsSync(join(folder, 'paths.jsonl'))).toBe(false);
  expect(told).toEqual(['a waiting']);
});
