import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, readdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, test } from 'vitest';
import { openRecording } from '../../src/store/index/open.js';
import { testFolder } from '../support/folder.js';
import { typescript } from '../support/typescript.js';

/** Records a flood, and kills the recorder after so many lines of its output; gives what it promised. */
async function killedFlood(path: string, lines: number): Promise<number> {
  const child = spawn(process.execPath, [...typescript, 'test/store/flood.ts', path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  let promised = 0;
  let seen = 0;
  for await (const line of createInterface(child.stdout)) {
    if (line !== '.') promised = Number(line);
    if (++seen === lines) child.kill('SIGKILL');
  }
  expect(await ended).toEqual([null, 'SIGKILL']);
  return promised;
}

describe('a recorder killed in the middle of a flood', () => {
  test.each([1, 2, 3, 7, 20, 41])('leaves all but the last moment (after %i lines)', async (lines) => {
    const folder = testFolder();
    const path = join(folder, 'a.qmptap');
    const promised = await killedFlood(path, lines);
    const notices: string[] = [];
    using recording = openRecording(path, { onNotice: (line) => notices.push(line) });
    expect(notices).toHaveLength(1);
    const count = recording.count();
    expect(count).toBeGreaterThanOrEqual(promised);
    let index = 0;
    for (const { seq, raw, kind } of recording.messages()) {
      index += 1;
      const text = Buffer.from(raw).toString();
      if (
        seq !== index ||
        (text !== `{"event": "FLOOD", "data": {"n": ${index}}}\r\n` && kind !== 'partial')
      ) {
        expect.unreachable(`message ${index} is ${seq}: ${text}`);
      }
    }
    expect(index).toBe(count);
    expect(recording.info.createdBy).toBe('flood');
    if (count > 0) expect(recording.sessions()).toMatchObject([{ end: 'cut-off', messages: count }]);
    expect([...recording.damage()]).toEqual([]);
    expect(readdirSync(folder)).toEqual(['a.qmptap']);
  });

  test('can be read by several at once, and one of them recovers it', async () => {
    const folder = testFolder();
    const path = join(folder, 'a.qmptap');
    await killedFlood(path, 9);
    const count =
      "import { openRecording } from './dist/store/index/open.js'; console.log(openRecording(process.argv[1]).count())";
    const readers = Array.from({ length: 4 }, () =>
      spawn(process.execPath, ['--input-type=module', '-e', count, path], {
        stdio: ['ignore', 'pipe', 'inherit'],
      }),
    );
    const counts = await Promise.all(
      readers.map(async (reader) => {
        const [said] = await Promise.all([once(reader.stdout, 'data'), once(reader, 'exit')]);
        return Number(said[0]);
      }),
    );
    using recording = openRecording(path);
    expect(counts).toEqual(Array(4).fill(recording.count()));
    expect(recording.count()).toBeGreaterThan(5_000);
    expect(readdirSync(folder)).toEqual(['a.qmptap']);
  });
});

describe('a recorder that is not finished', () => {
  test('leaves all that it was given when its process exits', async () => {
    const path = join(testFolder(), 'a.qmptap');
    const script = `
      import { createRecording } from './dist/store/index/recorder.js';
      const recorder = await createRecording(process.argv[1], { createdBy: 'exit', onTrouble: console.error });
      const session = recorder.open({ client: { address: 'a' }, server: { address: 'b' }, started: 1 }, 1);
      const bytes = Buffer.from('{"event": "STOP"}\\r\\n');
      for (let t = 0; t < 1000; t++) recorder.chunk(session, { dir: 's2c', t, bytes, fds: 0 });
      process.exit(0);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script, path], { stdio: 'inherit' });
    expect(await once(child, 'exit')).toEqual([0, null]);
    utimesSync(path, 1, 1);
    using recording = openRecording(path);
    expect(recording.count()).toBe(1000);
  });

  test('is told of while its reader has it open, and when it was copied without its journal', async () => {
    const folder = testFolder();
    const path = join(folder, 'a.qmptap');
    const child = spawn(process.execPath, [...typescript, 'test/store/flood.ts', path], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise<void>((resolve) => {
      createInterface(child.stdout).on('line', (line) => {
        if (line !== '.') resolve();
      });
    });
    const reader = openRecording(path);
    expect(reader.info).toMatchObject({ live: true, incomplete: undefined });
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(reader.info).toMatchObject({
      live: false,
      incomplete: 'its recorder died; open it again to recover the rest',
    });
    reader.close();
    copyFileSync(path, join(folder, 'b.qmptap'));
    copyFileSync(`${path}-wal`, join(folder, 'b.qmptap-wal'));
    using copy = openRecording(join(folder, 'b.qmptap'));
    expect(copy.info.incomplete).toBe('it was not finished, and its journal is not beside it');
    expect(copy.count()).toBeGreaterThanOrEqual(3000);
  });
});
