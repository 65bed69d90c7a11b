/** A host as a service of the real systemd, with its descriptor store: `npm run lab:confined` does the same in a whole system. */
import { mkdirSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect } from 'vitest';
import { serviceName, serviceUnit } from '../../src/launch/host/install/service-unit.js';
import { run } from '../support/process.js';
import { labTest } from '../support/programs.js';
import { negotiated } from '../support/qmp-client.js';
import { smallMachine } from '../support/qemu.js';
import { sharedFolder, Systemd, systemdPrograms } from '../support/systemd.js';
import { until } from '../support/until.js';

const test = labTest(...systemdPrograms, 'qemu-system-x86_64');

const recordings = `${sharedFolder}/recordings`;

const units = {
  [serviceName]: serviceUnit({
    program: [process.execPath, resolve('dist/cli/main.js')],
    flags: ['--watch', `${sharedFolder}/vm/*/qmp.sock`],
    recordings,
    watched: [`${sharedFolder}/vm`],
  }),
  [`${serviceName}.d/log.conf`]: `[Service]\nStandardError=append:${sharedFolder}/log\n`,
  'vm@.service': `[Service]\nExecStart=qemu-system-x86_64 ${smallMachine.join(' ')} -qmp unix:${sharedFolder}/vm/%i/qmp.sock,server=on,wait=off\n`,
};

describe('the service', () => {
  test('no session ends by kill -9, SIGTERM or a reload; stop and restart are refused; it leaves', async () => {
    const systemd = await Systemd.start(units);
    mkdirSync(join(systemd.folder, 'recordings'), { mode: 0o700 });
    mkdirSync(join(systemd.folder, 'vm/web1'), { recursive: true });
    const main = (): Promise<string> => systemd.property(serviceName, 'MainPID');
    const restarted = async (pid: string): Promise<void> => {
      await until('another main process', async () => !['0', pid].includes(await main()));
      await until(
        'the service to be ready',
        async () => (await systemd.property(serviceName, 'ActiveState')) === 'active',
      );
    };

    await systemd.systemctl('start', serviceName, 'vm@web1.service');
    const socket = join(systemd.folder, 'vm/web1/qmp.sock');
    await until('the path to be taken', async () => {
      const stored = await systemd.property(serviceName, 'NFileDescriptorStore');
      return stored === '1';
    });
    const client = await negotiated(socket);
    const asks = async (id: string): Promise<void> => {
      client.execute('query-status', {}, id);
      await client.receives(new RegExp(`"id": ?"${id}"`));
    };
    await asks('first');

    for (const id of ['killed-1', 'killed-2']) {
      const pid = await main();
      await systemd.run('kill', '-9', pid);
      await asks(id);
      await restarted(pid);
    }
    for (const verb of ['stop', 'restart']) {
      const { code, output } = await systemd.run('systemctl', verb, serviceName);
      expect({ verb, code, output }).toMatchObject({ verb, code: expect.any(Number) as number });
      expect(code).not.toBe(0);
      expect(output).toMatch(/refused|manual/i);
    }
    await asks('refused');
    const old = await main();
    await systemd.systemctl('kill', '-s', 'TERM', '--kill-who=main', serviceName);
    await restarted(old);
    await systemd.systemctl('daemon-reexec');
    await asks('upgraded');
    expect(await systemd.property(serviceName, 'NFileDescriptorStore')).toBe('3');

    const leave = await systemd.run(
      process.execPath,
      resolve('dist/cli/main.js'),
      ...['host', 'leave', '--recordings', recordings],
    );
    expect(leave).toMatchObject({ code: 0 });
    await asks('left');
    await client.end();
    await until(
      'the service to end',
      async () => (await systemd.property(serviceName, 'ActiveState')) === 'inactive',
    );
    expect(await systemd.property(serviceName, 'Result')).toBe('success');
    expect(readdirSync(join(systemd.folder, 'vm/web1'))).toEqual(['qmp.sock']);
    await (await negotiated(socket)).end();
    expect(await systemd.property('vm@web1.service', 'NRestarts')).toBe('0');

    const folder = join(systemd.folder, 'recordings');
    const files = readdirSync(folder).filter((name) => name.endsWith('.qmptap'));
    const shown = await Promise.all(
      files.map(async (file) => (await run(['show', join(folder, file), 'kind:success'])).stdout),
    );
    for (const id of ['first', 'killed-2', 'refused', 'left']) expect(shown.join('')).toContain(`"${id}"`);
  }, 120_000);
});
