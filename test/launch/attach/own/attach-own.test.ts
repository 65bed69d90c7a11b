import { createServer, type Socket } from 'node:net';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { attachOwn, type AttachOwnOptions } from '../../../../src/launch/attach/own/attach-own.js';
import { openRecording } from '../../../../src/store/index/open.js';
import { StandInQemu } from '../../../support/asked-monitor.js';
import { testFolder } from '../../../support/folder.js';
import { until } from '../../../support/until.js';

const greeting =
  '{"QMP": {"version": {"qemu": {"micro": 3, "minor": 1, "major": 11}, "package": ""}, "capabilities": []}}\r\n';

/** A QEMU that speaks on the monitor that it is asked to make; `socket` is its client's. */
function qemuAt(folder: string): {
  qemu: StandInQemu;
  path: AttachOwnOptions['path'];
  socket: () => Socket | undefined;
} {
  const qemu = new StandInQemu();
  let client: Socket | undefined;
  const server = createServer((socket) => {
    client = socket.on('error', () => undefined);
    socket.write(greeting);
    socket.on('data', (bytes) => {
      if (bytes.includes('qmp_capabilities')) socket.write('{"return": {}}\r\n{"event": "STOP"}\r\n');
    });
  });
  onTestFinished(() => {
    client?.destroy();
    server.close();
  });
  qemu.onListen = (path) => server.listen(path);
  const path = join(folder, 'own.sock');
  return { qemu, path: { there: path, here: path }, socket: () => client };
}

const rest = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('qmptap-own-'));

test('events are recorded; at the end the monitor is taken away', async () => {
  const folder = testFolder();
  const before = rest();
  const { qemu, path } = qemuAt(folder);
  const output = join(folder, 'a.qmptap');
  const removed: unknown[] = [];
  const onRemoved = (left: unknown): void => void removed.push(left);
  const attached = await attachOwn({
    monitor: qemu,
    path,
    pid: process.pid,
    output,
    label: 'web1',
    onRemoved,
  });
  using recording = openRecording(output);
  await until('the event', () => recording.count() === 4);
  expect(await attached.stop()).toMatchObject({ sessions: 1, messages: 4 });
  expect(Array.from(recording.messages(), ({ kind, name }) => name ?? kind)).toEqual([
    'greeting',
    'qmp_capabilities',
    'success',
    'STOP',
  ]);
  expect(removed).toEqual([undefined]);
  expect([qemu.objects.size, qemu.chardevs.size]).toEqual([0, 0]);
  expect(rest()).toEqual(before);
});

test('QEMU closes it: so ends the recorder', async () => {
  const folder = testFolder();
  const { qemu, path, socket } = qemuAt(folder);
  const output = join(folder, 'a.qmptap');
  const attached = await attachOwn({
    monitor: qemu,
    path,
    pid: process.pid,
    output,
    onRemoved: () => undefined,
  });
  (await until('a client', () => socket())).destroy();
  await attached.finished;
  await attached.stop();
});

test("a socket that is not QEMU's is not spoken to", async () => {
  const folder = testFolder();
  const { qemu, path, socket } = qemuAt(folder);
  const output = join(folder, 'a.qmptap');
  const told: unknown[] = [];
  const attached = await attachOwn({
    ...{ monitor: qemu, path, pid: 1, output, onRemoved: () => undefined },
    onEvent: (event) => {
      if (event.type === 'closed') told.push(event.reason);
    },
  });
  await attached.finished;
  await attached.stop();
  expect(told).toEqual([expect.stringMatching(/another process than QEMU \(1\) listens there/)]);
  expect(socket()?.bytesRead ?? 0).toBe(0);
});

test('an older QEMU: no recording', async () => {
  const folder = testFolder();
  const before = rest();
  const { qemu, path } = qemuAt(folder);
  qemu.types = [];
  const options = {
    monitor: qemu,
    path,
    pid: 1,
    output: join(folder, 'a.qmptap'),
    onRemoved: () => undefined,
  };
  await expect(attachOwn(options)).rejects.toThrow('QEMU 11.1');
  expect(readdirSync(folder)).toEqual([]);
  expect(rest()).toEqual(before);
});
