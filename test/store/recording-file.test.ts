import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { OutputError } from '../../src/errors.js';
import type { NewMessage } from '../../src/recording/ports.js';
import { openRecording } from '../../src/store/open.js';
import { RecordingFile } from '../../src/store/recording-file.js';
import { testFolder } from '../support/folder.js';
import { message } from '../support/message.js';
import { start, text } from './traffic.js';

const options = { createdBy: 'test', created: 5_000_000 };

function event(seq: number): NewMessage {
  return message('event', `{"event": "STOP", "n": ${seq}}`, { seq, name: 'STOP' });
}

describe('a recording file', () => {
  test('appears under its name when it is whole', () => {
    const folder = testFolder();
    const path = join(folder, 'deep', 'a.qmptap');
    using file = new RecordingFile(path, { ...options, incomplete: 'cut' });
    file.openSession(1, start);
    file.add(event(1));
    file.append(1, 1, new TextEncoder().encode('\r\n'));
    file.updateSession(1, { ended: 9, end: 'stopped' });
    expect(existsSync(path)).toBe(false);
    expect(file.finish()).toBe(1);
    expect(readdirSync(join(folder, 'deep'))).toEqual(['a.qmptap']);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, 'deep')).mode & 0o777).toBe(0o700);
    using recording = openRecording(path);
    expect(recording.info).toEqual({
      path,
      format: 1,
      createdBy: 'test',
      created: 5_000_000,
      live: false,
      incomplete: 'cut',
    });
    expect(text(recording.message(1, 1))).toBe('{"event": "STOP", "n": 1}\r\n');
  });

  test('leaves nothing when it is abandoned', () => {
    const folder = testFolder();
    {
      using file = new RecordingFile(join(folder, 'a.qmptap'), options);
      file.openSession(1, start);
      file.add(event(1));
    }
    expect(readdirSync(folder)).toEqual([]);
  });

  test('overwrites nothing, not even what came while it was written', () => {
    const folder = testFolder();
    const path = join(folder, 'a.qmptap');
    const file = new RecordingFile(path, options);
    writeFileSync(path, 'mine');
    expect(() => file.finish()).toThrow(OutputError);
    expect(() => new RecordingFile(path, options)).toThrow(
      /exists already; choose another name or give --force/,
    );
    expect(readFileSync(path, 'utf8')).toBe('mine');
    expect(readdirSync(folder)).toEqual(['a.qmptap']);
    new RecordingFile(path, { ...options, force: true }).finish();
    using recording = openRecording(path);
    expect(recording.count()).toBe(0);
  });

  test('is refused in one line where it cannot be', () => {
    const folder = testFolder();
    writeFileSync(join(folder, 'file'), '');
    expect(() => new RecordingFile(join(folder, 'file', 'a.qmptap'), options)).toThrow(
      /^[^\n]*a\.qmptap: cannot be written: a part of the path is no folder; choose another place$/,
    );
  });
});
