import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createRecording, type Recorder } from '../../../src/store/index/recorder.js';
import { testFolder } from '../../support/folder.js';
import { run } from '../../support/process.js';
import { PtyScreen } from '../../support/pty-screen.js';
import { latin1, sessionStart } from '../../support/recorded.js';
import { recordingFile } from '../../support/recording-file.js';

/** A recorder in this process, whose client asks and waits. */
async function recorder(path: string, label: string, ...lines: readonly string[]): Promise<Recorder> {
  const recording = await createRecording(path, { createdBy: 'test', onTrouble: () => undefined });
  onTestFinished(async () => {
    await recording.finish();
  });
  // Ahead of the clock, so that it is just now however slow the machine is.
  const began = Date.now() * 1000 + 3600e6;
  const session = recording.open(sessionStart({ label, started: began }), 0);
  for (const line of lines) {
    const dir = line.startsWith('->') ? 'c2s' : 's2c';
    recording.chunk(session, { dir, t: 1000, bytes: latin1(`${line.slice(3)}\n`), fds: 0 });
  }
  await recording.flush();
  return recording;
}

const waiting = ['-> {"execute":"query-block","id":1}'];
const refused = ['-> {"execute":"stop","id":1}', '<- {"id":1,"error":{"class":"GenericError","desc":"no"}}'];

async function host(): Promise<string> {
  const folder = testFolder();
  await recorder(join(folder, 'a.qmptap'), 'web1', ...waiting);
  await recorder(join(folder, 'b.qmptap'), 'db', ...refused);
  await recordingFile(join(folder, 'over.qmptap'), ['-> {"execute":"stop"}']);
  writeFileSync(join(folder, 'bad.qmptap'), 'no recording');
  return folder;
}

describe('qmptap top', () => {
  test('without a terminal: once, as text or JSON', async () => {
    const folder = await host();
    const text = await run(['top', folder]);
    expect(text.code).toBe(0);
    const lines = text.stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(3);
    expect(lines[1]).toMatch(/^web1 +unix:\/c +0us +1 +0us query-block +0\.0$/);
    expect(lines[2]).toMatch(/^db +unix:\/c +0us +1 +0\.1$/);
    const { stdout } = await run(['top', folder, '--json', '--sort', 'errors']);
    const rows = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(rows).toMatchObject([
      { type: 'vm', label: 'db', file: join(folder, 'b.qmptap'), errors: 1, pending: 0 },
      { type: 'vm', label: 'web1', pending: 1, oldest: { command: 'query-block' } },
    ]);
  });

  test('nothing to see, and no folder', async () => {
    const folder = testFolder();
    const nothing = await run(['top', folder]);
    expect([nothing.code, nothing.stdout]).toEqual([0, '']);
    expect(nothing.stderr).toContain(`${folder}: no monitor has a client`);
    const none = await run(['top', join(folder, 'none')]);
    expect([none.code, none.stderr.split('\n')]).toEqual([
      1,
      [expect.stringContaining('none: ') as string, ''],
    ]);
  });

  test('on a terminal: new VMs appear, ended ones go, Enter opens the UI and Q comes back', async () => {
    const folder = await host();
    const screen = new PtyScreen(process.execPath, ['dist/cli/main.js', 'top', folder]);
    await screen.shows('2 monitors');
    const late = await recorder(join(folder, 'late.qmptap'), 'late', ...waiting);
    await screen.shows('3 monitors');
    await late.finish();
    await screen.shows('2 monitors');
    screen.type('\r');
    await screen.shows(/a\.qmptap[^]*query-block/);
    screen.type('Q');
    await screen.shows('2 monitors');
    screen.type('q');
    expect((await screen.ended).exitCode).toBe(0);
  });

  test('a signal gives the terminal back', async () => {
    const screen = new PtyScreen(process.execPath, ['dist/cli/main.js', 'top', await host()]);
    await screen.shows('2 monitors');
    screen.signal('SIGTERM');
    expect((await screen.ended).exitCode).toBe(143);
    expect(screen.alternate).toBe(false);
  });
});
