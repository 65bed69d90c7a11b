import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openVm, recordingsIn } from '../../../src/launch/emulator/recorded-vm.js';
import { probingLabel } from '../../../src/launch/qemu/vm-label.js';
import { createRecording } from '../../../src/store/index/recorder.js';
import { testFolder } from '../../support/folder.js';

const cpus = (id: number): string =>
  `{"return": [{"thread-id": ${id}}, {"thread-id": ${id + 1}}], "id": "a"}\r\n`;
const killed =
  '{"timestamp": {"seconds": 1, "microseconds": 2}, "event": "SHUTDOWN", "data": {"guest": false, "reason": "host-signal"}}\r\n';

/** A recording of sessions with these labels. */
async function recorded(path: string, ...labels: readonly string[]): Promise<string> {
  await using recorder = await createRecording(path, { createdBy: 'a test', onTrouble: () => undefined });
  for (const label of labels) {
    const peers = { client: { address: 'c' }, server: { address: 's' } };
    const session = recorder.open({ label, dialect: 'qmp', ...peers, started: 1 }, 0);
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

const wanted = (label: string | undefined): { label: string | undefined; dialect: 'qmp' } => ({
  label,
  dialect: 'qmp',
});

describe('a recording as a VM', () => {
  test('has the sessions of its name; without them those of another VM, but never probing', async () => {
    const folder = testFolder();
    const file = await recorded(join(folder, 'a.qmptap'), 'web', probingLabel('none'), 'db');
    const labels = (label: string | undefined): unknown => {
      using vm = openVm([file], wanted(label), []);
      return vm?.sessions().map((session) => session.label);
    };
    using web = openVm([file], wanted('web'), []);
    expect([1, 2, 3].map((id) => web?.session(id)?.end)).toEqual(['cut-off', undefined, undefined]);
    expect(labels('web')).toEqual(['web']);
    expect(labels('other')).toEqual(['web', 'db']);
    expect(labels(undefined)).toEqual(['web', 'db']);
    expect(labels(probingLabel('none'))).toEqual(['probing none']);
    expect(labels(probingLabel('none,accel=tcg'))).toBeUndefined();
  });

  test('has live threads, one for each that was recorded', async () => {
    const file = await recorded(join(testFolder(), 'a.qmptap'), 'web');
    using vm = openVm([file], wanted('web'), [11, 12, 13]);
    const texts = [...vm!.messages({ session: 1 })]
      .filter(({ kind }) => kind === 'success')
      .map(({ raw }) => Buffer.from(raw).toString().trim());
    expect(texts).toEqual([cpus(11).trim(), cpus(11).trim()]);
    expect(Buffer.from(vm!.message(1, 2)!.raw).toString()).toContain('"thread-id": 11');
    expect(Buffer.from(vm!.responseTo(1, 1)!.raw).toString()).toContain('"thread-id": 12');
  });

  test('does not end, and does not tell that it was killed', async () => {
    const file = await recorded(join(testFolder(), 'a.qmptap'), 'web');
    using vm = openVm([file], wanted('web'), []);
    expect(vm!.sessions()[0]!.end).toBe('cut-off');
    expect([...vm!.messages()].map(({ kind }) => kind)).toEqual(['command', 'success', 'command', 'success']);
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
    using vm = openVm(recordingsIn([folder]), wanted('web'), []);
    expect(vm!.info.path).toBe(join(folder, 'two.qmptap'));
    expect(openVm([], wanted('web'), [])).toBeUndefined();
  });
});
