import { spawnSync } from 'node:child_process';
import { copyFileSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { RecordingError } from '../../../src/errors.js';
import { openRecording } from '../../../src/store/index/open.js';
import { testFolder } from '../../support/folder.js';
import { bytes, chatter, record, start, text } from '../traffic.js';

describe('a recording', () => {
  test('holds what passed, in one file that is nobody else’s business', async () => {
    const folder = testFolder();
    const path = join(folder, 'a.qmptap');
    const recorder = await record(path);
    const session = recorder.open(start, 1_000);
    chatter(recorder, session, 10);
    recorder.close(session, 90_000, 'client-closed', undefined);
    expect(await recorder.finish()).toEqual({ messages: 23, incomplete: undefined });

    expect(readdirSync(folder)).toEqual(['a.qmptap']);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    using recording = openRecording(path);
    expect(recording.count()).toBe(23);
    expect(recording.info).toMatchObject({ createdBy: 'test', live: false, incomplete: undefined });
    expect(recording.sessions()).toMatchObject([{ id: 1, end: 'client-closed', messages: 23 }]);
    expect(recording.message(1, 2)).toMatchObject({ kind: 'command', name: 'qmp_capabilities' });
    expect(text(recording.responseTo(1, 2))).toBe('{"return": {}, "id": "libvirt-0"}\r\n');
  });

  test('can be read while it is made', async () => {
    const path = join(testFolder(), 'a.qmptap');
    const recorder = await record(path);
    const session = recorder.open(start, 1_000);
    chatter(recorder, session, 1);
    await recorder.flush();
    using recording = openRecording(path);
    expect(recording.info.live).toBe(true);
    expect(recording.count()).toBe(5);
    chatter(recorder, session, 5);
    await recorder.flush();
    expect(recording.count()).toBe(18);
    recorder.close(session, 90_000, 'client-closed', undefined);
    await recorder.finish();
    expect(recording.info.live).toBe(false);
    expect(recording.sessions()[0]?.end).toBe('client-closed');
  });

  test('that cannot be begun for want of descriptors holds none and leaves nothing', () => {
    const folder = testFolder();
    const script = `
      import { closeSync, openSync } from 'node:fs';
      import { beginRecording } from './dist/store/index/recorder.js';
      const open = [];
      const fill = () => { try { for (;;) open.push(openSync('/dev/null')); } catch { return open.length; } };
      const all = fill();
      closeSync(open.pop());
      let said;
      try { beginRecording(process.argv[1], { createdBy: 'test', onTrouble: console.error }); }
      catch ({ message }) { said = message; }
      process._rawDebug(all === fill() ? said : 'some are lost');`;
    const limited = ['-c', 'ulimit -n 64; exec "$@"', 'sh', process.execPath, '--input-type=module'];
    const path = join(folder, 'a.qmptap');
    const { stderr } = spawnSync('sh', [...limited, '-e', script, path], { encoding: 'utf8' });
    expect(stderr).toBe(`${path}: cannot be written: too many open files; choose another place\n`);
    expect(readdirSync(folder)).toEqual([]);
  });
});

test.each(['', 'a\0b'])('a name that no file can have is refused in a line: %j', async (name) => {
  await expect(record(name)).rejects.toMatchObject({
    code: 'OUTPUT',
    message: expect.stringMatching(/^[^\0]+$/) as string,
  });
  expect(() => openRecording(name)).toThrow(RecordingError);
});

test.each(['a.qmptap ', ' a.qmptap', 'a.qmptap\n', ':memory:', 'file:a.qmptap?mode=ro', 'ä\ufffd'])(
  'a file is made under the very name that was given, and no other is touched: %j',
  async (name) => {
    const folder = testFolder();
    const precious = join(folder, 'a.qmptap');
    copyFileSync('recordings/demo.qmptap', precious);
    const recorder = await record(join(folder, name));
    recorder.chunk(recorder.open(start, 0), {
      dir: 's2c',
      t: 1,
      bytes: bytes('{"event": "STOP"}\r\n'),
      fds: 0,
    });
    await recorder.finish();
    using reader = openRecording(join(folder, name));
    expect(reader.count()).toBe(1);
    expect(readdirSync(folder).sort()).toEqual([name, 'a.qmptap'].sort());
    expect(readFileSync(precious).equals(readFileSync('recordings/demo.qmptap'))).toBe(true);
  },
);
