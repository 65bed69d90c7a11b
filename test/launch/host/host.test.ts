import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
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

function hostIn(folder: string, wants = (): boolean => true): { host: Host; told: string[] } {
  const told: string[] = [];
  const onEvent = (event: HostEvent): void => {
    if (event.type === 'vm') told.push(`${event.label} ${event.state}`);
    if (event.type === 'trouble') told.push(`${event.label ?? ''}: ${event.text}`);
  };
  const places = [watchedPlace(join(folder, 'vm/*/*.qmp')), watchedPlace(join(folder, 'vm/*/*.qga'))];
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
