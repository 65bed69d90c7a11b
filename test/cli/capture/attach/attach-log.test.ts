import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { testFolder } from '../../../support/folder.js';
import { run, startScript } from '../../../support/process.js';
import { StandInDaemon } from '../../../support/virt-admin.js';

describe('attach --log', () => {
  test('a path has no log', async () => {
    const { code, stderr } = await run(['attach', '/nowhere/qmp.sock', '--log']);
    expect(code).toBe(2);
    expect(stderr).toBe('qmptap: --log: it is for a libvirt domain; leave it out\n');
  });

  test.each(['SIGINT', 'SIGHUP'] as const)(
    '%s: what was logged is recorded, and all is as before',
    async (signal) => {
      const libvirt = new StandInDaemon();
      const before = libvirt.outputs;
      const output = join(testFolder(), 'a.qmptap');
      const program = join(import.meta.dirname, 'attach-log-program.ts');
      const attached = startScript(program, [JSON.stringify(libvirt.daemon), output]);
      await attached.says(/libvirt logs each message .* 0\.3 kB beside it/);
      expect(libvirt.outputs).not.toBe(before);
      const line = (text: string): string => `2026-11-20 09:11:32.952+0000: 7: info : f:1 : ${text}\n`;
      appendFileSync(
        libvirt.log,
        line('Entering monitor (mon=0xa vm=0xb name=web1)') +
          line('QEMU_MONITOR_RECV_EVENT: mon=0xc event={"event": "OTHER"}') +
          line('QEMU_MONITOR_RECV_EVENT: mon=0xa event={"event": "STOP"}') +
          line('end'),
      );
      await attached.says(/session 1: libvirt's log/);
      attached.signal(signal);
      expect(await attached.ended).toBe(signal === 'SIGINT' ? 130 : 129);
      expect(attached.stderr()).toMatch(/filters and outputs are as they were; 1 kB of log were read/);
      expect(attached.stderr()).toMatch(/libvirt's log:2: left out: a message of a monitor whose machine/);
      expect(attached.stderr()).toMatch(/1 message in 1 session/);
      expect(libvirt.outputs).toBe(before);
      expect(libvirt.folders).toEqual([]);
    },
  );
});
