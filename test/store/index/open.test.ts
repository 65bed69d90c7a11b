import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { RecordingError } from '../../../src/errors.js';
import { Tap } from '../../../src/proxy/tap.js';
import { openWriter } from '../../../src/store/disk/database.js';
import { openSqlite } from '../../../src/store/disk/sqlite.js';
import { Indexer } from '../../../src/store/index/indexer.js';
import { openRecording } from '../../../src/store/index/open.js';
import { MessageFile } from '../../support/message-file.js';
import { testFolder } from '../../support/folder.js';
import { openDescriptors } from '../../support/streams.js';
import { chatter, crashed, record, start, variedTraffic } from '../traffic.js';

const isRoot = process.getuid?.() === 0;

function finished(path: string): void {
  const file = new MessageFile(path);
  variedTraffic(new Tap(file), 3, 120);
  file.finish();
}

/** Whatever is wrong with a file: one line, or rows; never anything else. */
function readAll(path: string): 'refused' | 'read' {
  try {
    using recording = openRecording(path);
    expect(typeof recording.info.createdBy).toBe('string');
    recording.sessions();
    for (const message of recording.messages()) recording.responseTo(message.session, message.seq);
    Array.from(recording.damage());
    return 'read';
  } catch (error) {
    expect(error).toBeInstanceOf(RecordingError);
    expect((error as RecordingError).message).toMatch(/^[^\n]*a\.qmptap: [^\n]+$/);
    return 'refused';
  }
}

describe('what is no recording is refused in one line', () => {
  const cases: readonly (readonly [string, (path: string) => void, RegExp])[] = [
    ['nothing', () => undefined, /: no such file$/],
    ['a folder', (path) => { mkdirSync(path); }, /: it is a folder, not a recording$/],
    ['a link to nothing', (path) => { symlinkSync('nowhere', path); }, /: it is a link to nothing$/],
    ['a pipe', (path) => execFileSync('mkfifo', [path]), /: it is no regular file$/],
    ['an empty file', (path) => { writeFileSync(path, ''); }, /: it is empty, no recording$/],
    ['text', (path) => { writeFileSync(path, 'hello '.repeat(1000)); }, /: it is no recording$/],
    ['another database', (path) => { openSqlite(path).exec('CREATE TABLE x (y)').close(); }, /: it is no recording, but another program's database$/],
    ['a newer recording', (path) => { finished(path); openSqlite(path).exec('PRAGMA user_version = 99').close(); }, /: it was made by a newer qmptap \(format 99, this one knows 2\); please update$/],
    ['half a recording', (path) => { finished(path); truncateSync(path, 20_000); }, /: the file is damaged \(.*\); restore it from a copy$/],
  ]; // prettier-ignore
  test.each(cases)('%s', (_, make, line) => {
    const path = join(testFolder(), 'a.qmptap');
    make(path);
    const before = openDescriptors();
    expect(() => {
      using recording = openRecording(path);
      Array.from(recording.messages());
    }).toThrow(line);
    expect(readAll(path)).toBe('refused');
    expect(openDescriptors()).toBe(before);
  });

  test('a file below a file', () => {
    const folder = testFolder();
    writeFileSync(join(folder, 'file'), '');
    expect(() => openRecording(join(folder, 'file', 'a'))).toThrow(/a: a part of the path is no folder$/);
  });

  test('a closed one', () => {
    const path = join(testFolder(), 'a.qmptap');
    finished(path);
    const recording = openRecording(path);
    recording.close();
    recording.close();
    expect(() => recording.count()).toThrow(/a\.qmptap: it was closed already$/);
  });
});

describe('a file with bytes that changed', () => {
  test('gives rows or one line, never anything else', () => {
    const folder = testFolder();
    const path = join(folder, 'a.qmptap');
    finished(path);
    const sound = readFileSync(path);
    const outcomes = new Set<string>();
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(sound.length - 1), fc.nat(255)), { minLength: 1, maxLength: 30 }),
        (changes) => {
          const bytes = Uint8Array.from(sound);
          for (const [place, byte] of changes) bytes[place] = byte;
          for (const name of readdirSync(folder)) rmSync(join(folder, name));
          writeFileSync(path, bytes);
          outcomes.add(readAll(path));
        },
      ),
      { numRuns: 200 },
    );
    expect(outcomes).toEqual(new Set(['read', 'refused']));
  });

  test('in its first page too', () => {
    const folder = testFolder();
    const path = join(folder, 'a.qmptap');
    finished(path);
    const sound = readFileSync(path);
    fc.assert(
      fc.property(fc.nat(120), fc.nat(255), (place, byte) => {
        const bytes = Uint8Array.from(sound);
        bytes[place] = byte;
        for (const name of readdirSync(folder)) rmSync(join(folder, name));
        writeFileSync(path, bytes);
        readAll(path);
      }),
      { numRuns: 150 },
    );
  });

  test('or that was cut', () => {
    const folder = testFolder();
    const path = join(folder, 'a.qmptap');
    finished(path);
    const { size } = statSync(path);
    for (let length = size - 1; length > 0; length = Math.floor(length * 0.9) - 7) {
      truncateSync(path, length);
      readAll(path);
    }
  });

  test('or that a crash left, with journal and all', () => {
    const source = testFolder();
    crashed(join(source, 'a.qmptap'), (to) => { variedTraffic(to, 2, 60); }, 3_000);
    const db = openWriter(join(source, 'a.qmptap'), false);
    const indexer = new Indexer(db, join(source, 'a.qmptap'));
    for (let step = 0; step < 5; step++) indexer.step();
    db.close();
    const names = readdirSync(source);
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom(...names), fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(255)), { minLength: 1, maxLength: 12 }), fc.boolean(), (changes, cut) => {
        const folder = testFolder();
        for (const name of names) copyFileSync(join(source, name), join(folder, name));
        for (const [name, part, byte] of changes) {
          const file = join(folder, name);
          const bytes = readFileSync(file);
          if (bytes.length === 0) continue;
          const place = Math.floor(part * (bytes.length - 1));
          bytes[place] = byte;
          writeFileSync(file, cut ? bytes.subarray(0, place) : bytes);
        }
        utimesSync(join(folder, 'a.qmptap'), 1, 1);
        readAll(join(folder, 'a.qmptap'));
      }),
      { numRuns: 60 },
    );
  }); // prettier-ignore

  test('is found by a check, in the bytes of a message too', () => {
    const path = join(testFolder(), 'a.qmptap');
    finished(path);
    const db = openSqlite(path);
    db.exec("UPDATE frame SET raw = CAST(replace(raw, 'running', 'ruNning') AS BLOB) WHERE session = 2");
    db.exec('DELETE FROM frame WHERE session = 3 AND seq = 7');
    db.close();
    using recording = openRecording(path);
    expect([...recording.damage()]).toEqual([
      expect.stringMatching(/^session 2: the server's frames are not the \d+ bytes that it sent$/),
      'session 3: message 7 is missing',
    ]);
  });
});

describe('a place that cannot be written', () => {
  /** Makes what lies in a folder unchangeable, for root too. */
  function readOnly(folder: string): void {
    execFileSync('mount', ['--bind', folder, folder]);
    onTestFinished(() => {
      execFileSync('umount', [folder]);
    });
    execFileSync('mount', ['-o', 'remount,bind,ro', folder]);
  }

  test.skipIf(!isRoot)('is enough for a finished recording', () => {
    const folder = testFolder();
    const path = join(folder, 'a.qmptap');
    finished(path);
    readOnly(folder);
    const notices: string[] = [];
    using recording = openRecording(path, { onNotice: (line) => notices.push(line) });
    expect(recording.count()).toBeGreaterThan(100);
    expect(notices).toEqual([]);
  });

  test.skipIf(!isRoot)('and for one that a crash left: a copy is read, which leaves no trace', () => {
    const folder = testFolder();
    const path = join(folder, 'a.qmptap');
    crashed(path, (to) => {
      variedTraffic(to, 2, 60);
    });
    const before = readdirSync(folder);
    readOnly(folder);
    const copies = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('qmptap-copy-'));
    const others = copies();
    const notices: string[] = [];
    using recording = openRecording(path, { onNotice: (line) => notices.push(line) });
    expect(recording.count()).toBeGreaterThan(60);
    expect(recording.info).toMatchObject({ path, live: false, incomplete: undefined });
    expect(notices).toEqual([
      expect.stringMatching(
        /a\.qmptap: it cannot be completed where it is \(the file system is read-only\); a temporary copy is read$/,
      ),
    ]);
    expect([...recording.messages()]).toHaveLength(recording.count());
    expect(copies()).toEqual(others);
    expect(readdirSync(folder)).toEqual(before);
  });
});

describe('a recording that readers kept open at its end', () => {
  test('is made one file when it is next opened', async () => {
    const folder = testFolder();
    const path = join(folder, 'a.qmptap');
    const recorder = await record(path);
    chatter(recorder, recorder.open(start, 0), 3);
    await recorder.flush();
    const reader = openRecording(path);
    expect(reader.count()).toBe(9);
    expect(await recorder.finish()).toEqual({ messages: 9, incomplete: undefined });
    expect([...reader.messages()]).toHaveLength(9);
    expect(reader.info.live).toBe(false);
    reader.close();
    {
      using again = openRecording(path);
      expect(again.count()).toBe(9);
    }
    expect(readdirSync(folder)).toEqual(['a.qmptap']);
  });
});
