import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { PlaceWatch } from '../../../src/launch/host/place-watch.js';
import { watchedPlace } from '../../../src/launch/host/places.js';
import { testFolder } from '../../support/folder.js';
import { asOrdinaryUser } from '../../support/ordinary-user.js';
import { until } from '../../support/until.js';

async function socket(path: string): Promise<Server> {
  const server = createServer();
  server.listen(path);
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return server;
}

function watchAt(...globs: readonly string[]): { found: string[]; gone: string[]; troubles: string[] } {
  const told = { found: [] as string[], gone: [] as string[], troubles: [] as string[] };
  const watch = new PlaceWatch(globs.map(watchedPlace), {
    found: (path) => told.found.push(path),
    gone: (path) => told.gone.push(path),
    trouble: (text) => told.troubles.push(text),
  });
  onTestFinished(() => {
    watch.close();
  });
  watch.start();
  return told;
}

test('sockets that are there, and those that come, in folders that come', async () => {
  const folder = testFolder();
  mkdirSync(join(folder, 'run/vm/a'), { recursive: true });
  await socket(join(folder, 'run/vm/a/qmp.sock'));
  writeFileSync(join(folder, 'run/vm/file'), '');
  const { found, gone, troubles } = watchAt(join(folder, 'run/vm/*/qmp.sock'), join(folder, 'later/*.sock'));
  expect(found).toEqual([join(folder, 'run/vm/a/qmp.sock')]);

  mkdirSync(join(folder, 'run/vm/b'));
  await socket(join(folder, 'run/vm/b/qmp.sock'));
  await until('b', () => found.includes(join(folder, 'run/vm/b/qmp.sock')));

  mkdirSync(join(folder, 'later'));
  await socket(join(folder, 'later/c.sock'));
  await until('c', () => found.includes(join(folder, 'later/c.sock')));

  // The whole folder goes, as libvirt removes it, and comes again.
  rmSync(join(folder, 'run/vm/b'), { recursive: true });
  await until('b to go', () => gone.includes(join(folder, 'run/vm/b')));
  mkdirSync(join(folder, 'run/vm/b'));
  await socket(join(folder, 'run/vm/b/qmp.sock'));
  await until('b again', () => found.filter((path) => path.includes('/b/')).length >= 2);

  // A folder above is exchanged for another one.
  renameSync(join(folder, 'run/vm'), join(folder, 'run/old'));
  mkdirSync(join(folder, 'run/vm/d'), { recursive: true });
  await socket(join(folder, 'run/vm/d/qmp.sock'));
  await until('d', () => found.includes(join(folder, 'run/vm/d/qmp.sock')));
  expect(troubles).toEqual([]);
});

test('what is no socket, and links in place of folders, are passed over', async () => {
  const folder = testFolder();
  for (const name of ['vm', 'vm/a', 'elsewhere']) mkdirSync(join(folder, name));
  writeFileSync(join(folder, 'vm/a/qmp.sock'), '');
  await socket(join(folder, 'elsewhere/qmp.sock'));
  symlinkSync(join(folder, 'elsewhere'), join(folder, 'vm/b'));
  mkdirSync(join(folder, 'vm/c'));
  symlinkSync(join(folder, 'elsewhere/qmp.sock'), join(folder, 'vm/c/qmp.sock'));
  expect(watchAt(join(folder, 'vm/*/qmp.sock')).found).toEqual([]);
  // A fixed name in a folder that a VM's user may write in.
  mkdirSync(join(folder, 'vm/d'));
  symlinkSync(join(folder, 'elsewhere'), join(folder, 'vm/d/run'));
  expect(watchAt(join(folder, 'vm/*/run/qmp.sock')).found).toEqual([]);
});

test('a folder that may not be read is told of, once', async () => {
  const folder = testFolder();
  mkdirSync(join(folder, 'vm'));
  chmodSync(join(folder, 'vm'), 0o700);
  chmodSync(folder, 0o755);
  const globs = [join(folder, 'vm/*/qmp.sock'), join(folder, 'vm/*/qga.sock')];
  const { troubles } = await asOrdinaryUser(() => watchAt(...globs));
  if (process.geteuid?.() === 0)
    expect(troubles).toEqual([expect.stringMatching(/vm: cannot be watched: permission denied/)]);
  else expect(troubles).toEqual([]);
});
