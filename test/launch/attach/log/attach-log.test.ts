import { appendFileSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { attachLog, type AttachLogOptions } from '../../../../src/launch/attach/log/attach-log.js';
import type { RecordEvent } from '../../../../src/launch/record/record-event.js';
import { openRecording } from '../../../../src/store/index/open.js';
import { testFolder } from '../../../support/folder.js';
import { start } from '../../../support/process.js';
import { until } from '../../../support/until.js';
import { StandInDaemon } from '../../../support/virt-admin.js';

/** A reading for which each line is an event. */
function options(libvirt: StandInDaemon, output: string): AttachLogOptions & { told: unknown[] } {
  const told: unknown[] = [];
  return {
    ...{ daemon: libvirt.daemon, agent: false, output, label: 'vm', undo: ['true'], told },
    onEvent: ({ type }: RecordEvent) => told.push(type),
    onOver: (why) => told.push(why),
    onPutBack: (what) => told.push(what),
    read: (sink) => {
      const side = { address: 'log' };
      const start = { label: 'x', dialect: 'qmp', client: side, server: side, started: 0 } as const;
      const session = sink.open(start, 0);
      return {
        push: (bytes) => {
          sink.chunk(session, { dir: 's2c', t: 0, bytes, fds: 0 });
        },
        end: () => {
          sink.close(session, 0, 'cut-off', 'the log ends here');
        },
      };
    },
  };
}

test('what is logged is recorded, what comes at the very end too; then all is as before', async () => {
  const libvirt = new StandInDaemon();
  const before = [libvirt.filters, libvirt.outputs];
  const output = join(testFolder(), 'a.qmptap');
  const own = options(libvirt, output);
  const attached = await attachLog(own);
  appendFileSync(libvirt.log, '{"event": "A"}\n');
  await until('it to be read', () => attached.logged > 0);
  appendFileSync(libvirt.log, '{"event": "B"}\n');
  expect(await attached.stop()).toMatchObject({ sessions: 1, messages: 2, incomplete: undefined });
  expect(own.told).toEqual(['opened', 'closed', 'restored']);
  expect([libvirt.filters, libvirt.outputs]).toEqual(before);
  using recording = openRecording(output);
  expect(recording.sessions()).toMatchObject([{ label: 'vm', end: 'cut-off' }]);
  await expect(attached.send(1, 'stop')).rejects.toThrow('takes no commands');
});

test('the daemon ends: so does the recorder, and says why', async () => {
  const process = start('sleep', ['1000']);
  const libvirt = new StandInDaemon(process.pid);
  const own = options(libvirt, join(testFolder(), 'a.qmptap'));
  const attached = await attachLog(own);
  process.signal('SIGKILL');
  await attached.finished;
  await attached.stop();
  expect(own.told).toEqual(['opened', 'daemon ended', 'closed', 'daemon ended']);
});

test('a daemon that does not let us: no recording, nothing changed', async () => {
  const libvirt = new StandInDaemon();
  libvirt.be('broken');
  const output = join(testFolder(), 'a.qmptap');
  await expect(attachLog(options(libvirt, output))).rejects.toThrow(/admin socket/);
  expect(existsSync(output)).toBe(false);
  expect(libvirt.folders).toEqual([]);
});

test('a recording that cannot be made: nothing is asked of the daemon', async () => {
  const libvirt = new StandInDaemon();
  const output = join(testFolder(), 'a.qmptap');
  writeFileSync(output, 'something of the user');
  await expect(attachLog(options(libvirt, output))).rejects.toThrow(/a\.qmptap/);
  expect(libvirt.outputs).toBe('3:file:/var/log/libvirtd.log');
});
