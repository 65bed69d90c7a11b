import { chmodSync, closeSync, mkdirSync, statSync, symlinkSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { LogFolder, processOf, whileLocked } from '../../../../src/launch/attach/log/log-folder.js';
import { StandInDaemon } from '../../../support/virt-admin.js';

const changed = {
  daemon: processOf(process.pid),
  before: { filters: ['1:*a*'], outputs: ['3:stderr'] },
  ours: { filters: ['2:b'], outputs: ['1:file:/x'] },
};

test('a folder that only its user may enter, and that is gone with the lock in the end', async () => {
  const libvirt = new StandInDaemon();
  const folder = await whileLocked(libvirt.daemon, () =>
    Promise.resolve(LogFolder.make(libvirt.daemon, 'r.qmptap')),
  );
  closeSync(folder.makeLog());
  folder.write(changed);
  const path = join(libvirt.daemon.root, folder.log);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(statSync(join(path, '..')).mode & 0o777).toBe(0o700);
  expect(statSync(join(path, '../..')).mode & 0o777).toBe(0o700);
  expect(folder.read()).toEqual(changed);
  expect(LogFolder.left(libvirt.daemon)).toEqual([]);
  await whileLocked(libvirt.daemon, () => {
    folder.remove();
    return Promise.resolve();
  });
  expect(() => statSync(join(path, '../..'))).toThrow(/ENOENT/);
});

test('that of a process that has ended is left', async () => {
  const libvirt = new StandInDaemon();
  const folder = await whileLocked(libvirt.daemon, () =>
    Promise.resolve(LogFolder.make(libvirt.daemon, 'r.qmptap')),
  );
  const holder = join(libvirt.daemon.root, folder.log, '../holder.json');
  writeFileSync(holder, JSON.stringify({ pid: process.pid, started: 'before', recording: 'r.qmptap' }));
  expect(LogFolder.left(libvirt.daemon).map(({ log }) => log)).toEqual([folder.log]);
});

test.each([
  ['', undefined],
  ['{', undefined],
  [JSON.stringify({ ...changed, ours: { filters: ['1:a; rm'], outputs: [] } }), undefined],
  [JSON.stringify({ ...changed, before: undefined }), undefined],
  [JSON.stringify(changed), changed],
])('settings %j', async (text, expected) => {
  const { daemon } = new StandInDaemon();
  const folder = await whileLocked(daemon, () => Promise.resolve(LogFolder.make(daemon, 'r.qmptap')));
  writeFileSync(join(daemon.root, folder.log, '../settings.json'), text);
  expect(folder.read()).toEqual(expected);
});

test('where another user could change a folder on the way, nothing is made', async () => {
  const { daemon } = new StandInDaemon();
  chmodSync(join(daemon.root, 'var/lib'), 0o777);
  const make = (): Promise<void> => whileLocked(daemon, () => Promise.resolve());
  await expect(make()).rejects.toThrow(
    /^\/var\/lib: other users may write in it: another user could change where libvirt's log goes; make it/,
  );
  chmodSync(join(daemon.root, 'var/lib'), 0o755);
  rmdirSync(join(daemon.root, 'var/lib/libvirt/qmptap'));
  rmdirSync(join(daemon.root, 'var/lib/libvirt'));
  mkdirSync(join(daemon.root, 'elsewhere'));
  symlinkSync('../../elsewhere', join(daemon.root, 'var/lib/libvirt'));
  await expect(make()).rejects.toThrow(/^\/var\/lib\/libvirt: it is no folder/);
});

test('libvirt separates its outputs by white space', async () => {
  const { daemon } = new StandInDaemon();
  mkdirSync(join(daemon.root, 'a b'));
  const own = { ...daemon, files: '/a b' };
  await expect(whileLocked(own, () => Promise.resolve(LogFolder.make(own, 'r')))).rejects.toThrow(
    /white space/,
  );
});
