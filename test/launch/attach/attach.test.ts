import { existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { attach } from '../../../src/launch/attach/attach.js';
import { openRecording } from '../../../src/store/index/open.js';
import { testFolder } from '../../support/folder.js';
import { labTest } from '../../support/programs.js';
import { startQemu } from '../../support/qemu.js';
import { negotiated } from '../../support/qmp-client.js';

const test = labTest('qemu-system-x86_64');

describe('attach, to a real QEMU', () => {
  test('sessions from now on are recorded; one that runs at the end goes on and is recorded', async () => {
    const folder = testFolder();
    const { socket } = await startQemu(folder);
    const output = join(folder, 'a.qmptap');
    const attached = await attach({ channels: [{ path: socket }], output, label: 'vm' });
    const client = await negotiated(socket);
    expect(attached.detach()).toEqual(['restored']);
    client.execute('query-status', undefined, 'after');
    await client.receives(/"after"/);
    client.socket.end();
    await attached.finished;
    expect(await attached.stop()).toMatchObject({ sessions: 1, messages: 5, incomplete: undefined });
    using recording = openRecording(output);
    expect(recording.sessions()).toMatchObject([{ label: 'vm', end: 'client-closed' }]);
    // QEMU serves directly again.
    const direct = await negotiated(socket);
    direct.socket.end();
  });

  const ends = [
    ['SIGTERM', /^.* (gone|dead)$/],
    ['SIGKILL', /^.* dead$/],
  ] as const;
  for (const [signal, told] of ends)
    test(`QEMU ends by ${signal}: so does the recorder, and is told of it once`, async () => {
      const folder = testFolder();
      const qemu = await startQemu(folder);
      const lost: string[] = [];
      const attached = await attach({
        channels: [{ path: qemu.socket }],
        output: join(folder, 'a.qmptap'),
        onLost: (path, how) => lost.push(`${path} ${how}`),
      });
      qemu.signal(signal);
      await attached.finished;
      expect(lost).toEqual([expect.stringMatching(told)]);
      expect(existsSync(`${qemu.socket}.qmptap`)).toBe(false);
      await attached.stop();
    });

  test('if the recording cannot be made, the path is as it was', async () => {
    const folder = testFolder();
    const { socket } = await startQemu(folder);
    const { ino } = statSync(socket);
    const output = join(folder, 'a.qmptap');
    writeFileSync(output, 'something of the user');
    await expect(attach({ channels: [{ path: socket }], output })).rejects.toThrow(/a\.qmptap/);
    expect(statSync(socket).ino).toBe(ino);
    expect(existsSync(`${socket}.qmptap`)).toBe(false);
  });

  test('one path of two cannot be taken: neither is', async () => {
    const folder = testFolder();
    const { socket } = await startQemu(folder);
    const { ino } = statSync(socket);
    const channels = [{ path: socket }, { path: join(folder, 'none') }] as const;
    await expect(attach({ channels, output: join(folder, 'a.qmptap') })).rejects.toThrow(/no such socket/);
    expect(statSync(socket).ino).toBe(ino);
    expect(existsSync(join(folder, 'a.qmptap'))).toBe(false);
  });
});
