import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { serviceName, serviceUnit, unitWord } from '../../../../src/launch/host/install/service-unit.js';
import { testFolder } from '../../../support/folder.js';
import { labTest } from '../../../support/programs.js';

const options = {
  ...({ program: ['/usr/bin/true', '/main.js'], recordings: '/var/lib/qmptap' } as const),
  ...{ flags: ['--keep', '10', '--exclude', 'a b%$"'], watched: ['/srv/my vms'] },
};

test('has what keeps VMs alive', () => {
  const lines = serviceUnit(options).split('\n');
  for (const line of [
    'Type=notify',
    'Restart=always',
    'RestartSec=0',
    'RestartPreventExitStatus=0',
    'StartLimitIntervalSec=0',
    'RefuseManualStop=yes',
    'FileDescriptorStorePreserve=yes',
    // Without these two V8 does not start: a call that is not allowed kills it.
    'SystemCallFilter=@system-service @pkey',
    'SystemCallErrorNumber=EPERM',
    'Before=libvirtd.service virtqemud.service',
    'WantedBy=multi-user.target',
  ])
    expect(lines).toContain(line);
  expect(lines).toContain(
    'ExecStart=/usr/bin/true /main.js host --recordings /var/lib/qmptap --keep 10 --exclude "a b%%$$\\""',
  );
  expect(lines).toContain(
    'ReadWritePaths=/run -/var/lib/libvirt -/var/snap/lxd -/var/lib/qmptap "-/srv/my vms"',
  );
});

labTest('systemd-analyze')('systemd reads every line of it', () => {
  const root = testFolder();
  const folder = join(root, 'etc/systemd/system');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, serviceName), serviceUnit(options));
  mkdirSync(join(root, 'usr/bin'), { recursive: true });
  writeFileSync(join(root, 'usr/bin/true'), '');
  chmodSync(join(root, 'usr/bin/true'), 0o755);
  const said = execFileSync('systemd-analyze', ['verify', '--man=no', join(folder, serviceName)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  expect(said).toBe('');
});

describe('a word of a command line', () => {
  test('is one word, whatever is in it', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (word) => {
        const written = unitWord(word);
        expect(written).not.toMatch(/[\n]/);
        if (/\s/.test(word)) expect(written).toMatch(/^".*"$/s);
      }),
    );
  });
});
