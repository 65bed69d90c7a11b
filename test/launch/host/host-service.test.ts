import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
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
