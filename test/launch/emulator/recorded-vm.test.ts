import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  openVm,
  recordingsIn,
  type ChosenVm,
  type Wanted,
} from '../../../src/launch/emulator/recorded-vm.js';
import type { StartKind } from '../../../src/launch/qemu/qemu-arguments.js';
import { probingLabel } from '../../../src/launch/qemu/vm-label.js';
import { createRecording } from '../../../src/store/index/recorder.js';
import { testFolder } from '../../support/folder.js';

const cpus = (id: number): string =>
  `{"return": [{"thread-id": ${id}}, {"thread-id": ${id + 1}}], "id": "a"}\r\n`;
const killed =
  '{"timestamp": {"seconds": 1, "microseconds": 2}, "event": "SHUTDOWN", "data": {"guest": false, "reason": "host-signal"}}\r\n';

/** A recording of sessions with these labels. */
function recorded(path: string, ...labels: readonly string[]): Promise<string> {
  return recordedStart(path, undefined, ...labels);
}

/** The same with QEMU's arguments noted at its first session. */
async function recordedStart(
  path: string,
  note: string | undefined,
  ...labels: readonly string[]
): Promise<string> {
  await using recorder = await createRecording(path, { createdBy: 'a test', onTrouble: () => undefined });
  for (const [at, label] of labels.entries()) {
    const peers = { client: { address: 'c' }, server: { address: 's' } };
    const session = recorder.open({ label, dialect: 'qmp', ...peers, started: 1 }, 0);
    if (at === 0 && note !== undefined) recorder.note(session, 0, note);
    const send = (dir: 'c2s' | 's2c', text: string): void => {
      recorder.chunk(session, { dir, t: 1, bytes: Buffer.from(text), fds: 0 });
    };
    send('c2s', '{"execute":"query-cpus-fast","id":"a"}\r\n');
    send('s2c', cpus(4242));
    send('c2s', '{"execute":"query-cpus-fast","id":"a"}\r\n');
    send('s2c', cpus(4242));
    send('s2c', killed);
    recorder.close(session, 2, 'server-closed', undefined);
  }
  return path;
}

const wanted = (label: string | undefined, start: StartKind = 'plain'): Wanted => ({
  label,
  dialect: 'qmp',
  start,
});

/** Opens it for as long as the test runs. */
function opened(files: readonly string[], want: Wanted, threads: readonly number[] = []): ChosenVm {
  const vm = openVm(files, want, threads);
  if (vm === undefined) expect.fail('nothing fits');
  onTestFinished(() => {
    vm.reader.close();
  });
  return vm;
}

describe('a recording as a VM', () => {
  test('has the sessions of its name; without them those of another VM, but never probing', async () => {
    const folder = testFolder();
    const file = await recorded(join(folder, 'a.qmptap'), 'web', probingLabel('none'), 'db');
    const labels = (label: string | undefined): unknown => {
      const vm = openVm([file], wanted(label), []);
      using reader = vm?.reader;
      return reader?.sessions().map((session) => session.label);
    };
    const web = opened([file], wanted('web')).reader;
    expect([1, 2, 3].map((id) => web.session(id)?.end)).toEqual(['cut-off', undefined, undefined]);
    expect(labels('web')).toEqual(['web']);
    expect(labels('other')).toEqual(['web', 'db']);
    expect(labels(undefined)).toEqual(['web', 'db']);
    expect(labels(probingLabel('none'))).toEqual(['probing none']);
    expect(labels(probingLabel('none,accel=tcg'))).toBeUndefined();
  });

  test('has live threads, one for each that was recorded', async () => {
    const file = await recorded(join(testFolder(), 'a.qmptap'), 'web');
    const vm = opened([file], wanted('web'), [11, 12, 13]).reader;
    const texts = [...vm.messages({ session: 1 })]
      .filter(({ kind }) => kind === 'success')
      .map(({ raw }) => Buffer.from(raw).toString().trim());
    expect(texts).toEqual([cpus(11).trim(), cpus(11).trim()]);
    expect(Buffer.from(vm.message(1, 2)!.raw).toString()).toContain('"thread-id": 11');
    expect(Buffer.from(vm.responseTo(1, 1)!.raw).toString()).toContain('"thread-id": 12');
  });

  test('does not end, and does not tell that it was killed', async () => {
    const file = await recorded(join(testFolder(), 'a.qmptap'), 'web');
    const vm = opened([file], wanted('web')).reader;
    expect(vm.sessions()[0]!.end).toBe('cut-off');
    expect([...vm.messages()].map(({ kind }) => kind)).toEqual(['command', 'success', 'command', 'success']);
  });

  test('is looked for in folders too, and in every file', async () => {
    const folder = testFolder();
    await recorded(join(folder, 'one.qmptap'), probingLabel('none'));
    await recorded(join(folder, 'two.qmptap'), 'web');
    symlinkSync(join(folder, 'gone'), join(folder, 'latest.qmptap'));
    expect(recordingsIn([folder, 'x.qmptap']).sort()).toEqual([
      join(folder, 'one.qmptap'),
      join(folder, 'two.qmptap'),
      'x.qmptap',
    ]);
    expect(opened(recordingsIn([folder]), wanted('web')).path).toBe(join(folder, 'two.qmptap'));
    expect(openVm([], wanted('web'), [])).toBeUndefined();
  });

  test('is that of the same kind of start, and of the same VM first; what it is not is told', async () => {
    const folder = testFolder();
    const file = (name: string): string => join(folder, `${name}.qmptap`);
    const qemu = '/usr/bin/qemu -name vm -qmp unix:/q,server=on';
    await recordedStart(file('later'), `goes on from x, whose recorder was killed\n${qemu}`, 'web');
    await recordedStart(file('plain'), qemu, 'web', 'web');
    await recordedStart(file('restored'), `${qemu} -incoming defer`, 'web');
    await recordedStart(file('snapshot'), `${qemu} -loadvm first`, 'db');
    const files = ['later', 'plain', 'restored', 'snapshot'].map(file);
    const chosen = (label: string | undefined, start: StartKind, among = files): unknown => {
      const { path, but } = opened(among, wanted(label, start));
      return [path, but];
    };
    expect(chosen('web', 'plain')).toEqual([file('plain'), undefined]);
    expect(opened(files, wanted('web')).reader.sessions()).toHaveLength(2);
    expect(chosen('web', 'incoming')).toEqual([file('restored'), undefined]);
    expect(chosen('web', 'loadvm')).toEqual([file('plain'), 'of a start without -incoming and -loadvm']);
    expect(chosen(undefined, 'loadvm')).toEqual([file('snapshot'), undefined]);
    expect(chosen('other', 'loadvm')).toEqual([file('snapshot'), 'of VM db']);
    expect(chosen('db', 'incoming')).toEqual([file('snapshot'), 'of a start with -loadvm']);
    expect(chosen('web', 'plain', [file('later')])).toEqual([file('later'), undefined]);
  });
});
