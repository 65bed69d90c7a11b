import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { hostFolder } from '../../../src/launch/host/control.js';
import { startHost } from '../../../src/launch/host/host-service.js';
import { watchedPlace } from '../../../src/launch/host/places.js';
import { testFolder } from '../../support/folder.js';

test('no holder can be started: that is told, and VMs are recorded all the same', async () => {
  const folder = testFolder();
  const recordings = join(folder, 'recordings');
  mkdirSync(join(folder, 'vm'));
  const server = createServer();
  server.listen(join(folder, 'vm/a.qmp'));
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const told: string[] = [];
  const running = await startHost({
    ...{ recordings, places: [watchedPlace(join(folder, 'vm/*.qmp'))], wants: () => true, limits: {} },
    onEvent: (event) => told.push(event.type === 'trouble' ? event.text : event.type),
    holder: () => ['/nowhere/node'],
  });
  expect(running).toMatchObject({ isService: false, isLeaving: false });
  expect(told[0]).toMatch(/a kill of this process would end its VMs: its holder cannot be started .*ENOENT/);
  expect([...running.host.answers()]).toMatchObject([{ label: 'a', state: 'waiting' }]);
  expect(existsSync(join(hostFolder(recordings), 'control.sock'))).toBe(true);
  running.leave();
  await running.finished;
  expect(readdirSync(hostFolder(recordings))).toEqual([]);
});

const options = (recordings: string): Parameters<typeof startHost>[0] => ({
  ...{ recordings, places: [], wants: () => true, limits: {} },
  onEvent: () => undefined,
  holder: () => ['/nowhere/node'],
});

test('a folder in which others may say which paths are taken is refused', async () => {
  const refused = async (prepare: (folder: string) => void): Promise<void> => {
    const recordings = testFolder();
    prepare(hostFolder(recordings));
    await expect(startHost(options(recordings))).rejects.toThrow(
      /\.host: others may meddle with it: .*; give another --recordings/,
    );
  };
  await refused((folder) => {
    mkdirSync(folder);
    chmodSync(folder, 0o755);
  });
  await refused((folder) => {
    symlinkSync(testFolder(), folder);
  });
  await refused((folder) => {
    writeFileSync(folder, '', { mode: 0o600 });
  });
  await refused((folder) => {
    mkdirSync(folder, { mode: 0o700 });
    chmodSync(dirname(folder), 0o777);
  });
});
