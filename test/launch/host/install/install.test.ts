import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  checkVisible,
  install,
  installation,
  installedRecordings,
  uninstall,
} from '../../../../src/launch/host/install/install.js';
import { testFolder } from '../../../support/folder.js';

const options = {
  ...{ program: ['/usr/bin/node', '/usr/lib/main.js'] as const, recordings: '/var/lib/qmptap' },
  ...{ flags: [], watched: [] },
};

test('files are written, replaced by newer ones, and removed', () => {
  const root = testFolder();
  mkdirSync(join(root, 'etc/libvirt'), { recursive: true });
  const files = installation(options);
  const unit = join(root, 'etc/systemd/system/qmptap-host.service');
  const hook = join(root, 'etc/libvirt/hooks/qemu.d/qmptap');
  expect(install(files, root)).toEqual([unit, hook]);
  expect(statSync(hook).mode & 0o777).toBe(0o755);
  expect(statSync(unit).mode & 0o777).toBe(0o644);
  expect(install(installation({ ...options, flags: ['--no-agent'] }), root)).toEqual([unit, hook]);
  expect(readFileSync(unit, 'utf8')).toMatch(/--no-agent/);
  for (const recordings of ['/var/lib/qmptap', '/srv/a b/"%$'])
    expect([
      install(installation({ ...options, recordings }), root).length,
      installedRecordings(root),
    ]).toEqual([2, recordings]);
  expect(uninstall(root)).toEqual([unit, hook]);
  expect(existsSync(unit)).toBe(false);
  expect(uninstall(root)).toEqual([]);
  expect(installedRecordings(root)).toBeUndefined();
});

test('without libvirt there is no hook', () => {
  const root = testFolder();
  expect(install(installation(options), root)).toEqual([
    join(root, 'etc/systemd/system/qmptap-host.service'),
  ]);
});

test('what another has written stays, and nothing is written beside it', () => {
  const root = testFolder();
  const hook = join(root, 'etc/libvirt/hooks/qemu.d/qmptap');
  mkdirSync(join(hook, '..'), { recursive: true });
  writeFileSync(hook, '#!/bin/sh\n');
  expect(() => install(installation(options), root)).toThrow(
    /qmptap: it is not one that qmptap has written; move it away/,
  );
  expect(existsSync(join(root, 'etc/systemd'))).toBe(false);
  expect(() => uninstall(root)).toThrow(/it is not one that qmptap has written/);
});

test.each(['/home/me/node', '/root/.nvm/node', '/tmp/x'])('a service could not start %s', (path) => {
  checkVisible(options);
  expect(() => {
    checkVisible({ ...options, program: [path] });
  }).toThrow(/a service sees no folders of users/);
});
