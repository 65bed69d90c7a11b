import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { openInput } from '../../../src/cli/share/input.js';
import { RecordingError } from '../../../src/errors.js';
import { testFolder } from '../../support/folder.js';

const text = 'a line\nanother é\n';

const whole = { follow: false, until: new AbortController().signal };

async function read(path: string): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of openInput(path, whole).bytes) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

/** A file with these bytes. */
function file(bytes: string | Buffer): string {
  const path = join(testFolder(), 'a.log');
  writeFileSync(path, bytes);
  return path;
}

describe('a file', () => {
  test.each([
    ['as it is', Buffer.from(text)],
    ['packed by gzip', gzipSync(text)],
    ['packed by xz', execFileSync('xz', ['--stdout'], { input: text })],
    ['of UTF-16, little end first', Buffer.from(`\ufeff${text}`, 'utf16le')],
    ['of UTF-16, big end first', Buffer.from(`\ufeff${text}`, 'utf16le').swap16()],
    ['empty', Buffer.alloc(0)],
  ])('%s', async (how, bytes) => {
    expect((await read(file(bytes))).replace('\ufeff', '')).toBe(how === 'empty' ? '' : text);
  });

  test('is known by its name, size and time', async () => {
    const path = file(text);
    utimesSync(path, 1000, 2000);
    const input = openInput(path, whole);
    expect(input).toMatchObject({ path, name: 'a.log', size: 18, changed: 2000e6, isLive: false });
    for await (const piece of input.bytes) expect(piece).toHaveLength(18);
    expect(input.position()).toBe(18);
  });

  test.each([
    ['cut gzip', gzipSync(text).subarray(0, 20), /: cannot be read: the gzip data is damaged or cut/],
    ['damaged xz', Buffer.from('fd377a585a0000ff', 'hex'), /a\.log: /],
  ])('%s is an error of that file', async (_what, bytes, message) => {
    const path = file(bytes);
    const error: unknown = await read(path).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(RecordingError);
    expect(error).toMatchObject({ path, message: expect.stringMatching(message) as string });
  });

  test('that is a folder, or is not there', () => {
    const folder = testFolder();
    mkdirSync(join(folder, 'sub'));
    const path = join(folder, 'sub');
    expect(() => openInput(path, whole)).toThrow(`${path}: it is a folder; name a file`);
    expect(() => openInput(join(folder, 'none'), whole)).toThrow(/none: cannot be read: no such file/);
  });
});

test('a log that is followed goes on as it grows and over its rotation, until it is told to end', async () => {
  const path = file('one\n');
  const ending = new AbortController();
  const input = openInput(path, { follow: true, until: ending.signal });
  expect(input).toMatchObject({ isLive: true, size: undefined });
  /** What is done once so much has been read. */
  const steps: Readonly<Record<string, () => void>> = {
    'one\n': () => { appendFileSync(path, 'two\n'); }, // prettier-ignore
    'one\ntwo\n': () => {
      renameSync(path, `${path}.1`);
      writeFileSync(path, 'three\n');
    },
    'one\ntwo\nthree\n': () => { ending.abort(); }, // prettier-ignore
  };
  let seen = '';
  for await (const piece of input.bytes) {
    seen += piece.toString();
    steps[seen]?.();
  }
  expect(seen).toBe('one\ntwo\nthree\n');
  rmSync(`${path}.1`);
});
