import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { draftOf, place, refuseItself, writeFile, writeRecording } from '../../../src/cli/files/new-file.js';
import { OutputError } from '../../../src/errors.js';
import { openRecording } from '../../../src/store/index/open.js';
import { testFolder } from '../../support/folder.js';
import { sessionStart } from '../../support/recorded.js';

const text = (path: string): string => readFileSync(path, 'utf8');

/** What `action` throws. */
function thrown(action: () => void): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('a file', () => {
  test('is written in pieces, for the user only, in folders that are made', () => {
    const path = join(testFolder(), 'new', 'a');
    const large = 'x'.repeat(3 << 20);
    writeFile(path, false, ['a', new Uint8Array([0xff]), large]);
    const whole = Buffer.concat([Buffer.from([0x61, 0xff]), Buffer.from(large)]);
    expect(readFileSync(path).equals(whole)).toBe(true);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(join(path, '..')).mode & 0o777).toBe(0o700);
  });

  test('is replaced only by force, and whole', () => {
    const folder = testFolder();
    const path = join(folder, 'a');
    writeFileSync(path, 'before');
    expect(thrown(() => { writeFile(path, false, ['after']); })).toMatchObject({ code: 'EXISTS', path }); // prettier-ignore
    expect(text(path)).toBe('before');
    writeFile(path, true, ['after']);
    expect(text(path)).toBe('after');
    expect(readdirSync(folder)).toEqual(['a']);
  });

  test('that cannot be completed leaves what was there, and no draft', () => {
    const folder = testFolder();
    const path = join(folder, 'a');
    writeFileSync(path, 'before');
    function* pieces(): Iterable<string> {
      yield 'begun';
      throw new Error('no more');
    }
    expect(thrown(() => { writeFile(path, true, pieces()); })).toBeInstanceOf(Error); // prettier-ignore
    expect([readdirSync(folder), text(path)]).toEqual([['a'], 'before']);
  });

  test('is not written through a link', () => {
    const folder = testFolder();
    const [path, mine] = [join(folder, 'link'), join(folder, 'mine')];
    writeFileSync(mine, 'before');
    symlinkSync(mine, path);
    expect(thrown(() => { writeFile(path, false, ['after']); })).toBeInstanceOf(OutputError); // prettier-ignore
    writeFile(path, true, ['after']);
    expect([text(mine), text(path)]).toEqual(['before', 'after']);
  });

  test('a folder and what is under a file are refused', () => {
    const folder = testFolder();
    writeFileSync(join(folder, 'file'), '');
    expect(thrown(() => { writeFile(folder, true, []); })).toMatchObject({ subject: folder, reason: 'it is a folder', remedy: 'name a file in it' }); // prettier-ignore
    expect(thrown(() => { writeFile(join(folder, 'file', 'x'), true, []); })).toBeInstanceOf(OutputError); // prettier-ignore
  });

  test('a device takes the bytes, and stays', () => {
    writeFile('/dev/null', false, ['a']);
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
  });
});

describe('a recording', () => {
  test('has its name when it is complete, and can be changed before that', async () => {
    const folder = testFolder();
    const path = join(folder, 'a.qmptap');
    let draft = '';
    const { messages } = await writeRecording(
      path,
      false,
      (recorder) => {
        const session = recorder.open(sessionStart({ label: 'vm' }), 0);
        const bytes = Buffer.from('{"execute":"stop"}\n');
        recorder.chunk(session, { dir: 'c2s', t: 1, bytes, fds: 0 });
        expect(readdirSync(folder)).not.toContain('a.qmptap');
        return Promise.resolve();
      },
      (written) => (draft = written),
    );
    expect([messages, readdirSync(folder), draft]).toEqual([
      1,
      ['a.qmptap'],
      expect.stringContaining('.part'),
    ]);
    using reader = openRecording(path);
    expect(reader.sessions()).toMatchObject([{ label: 'vm' }]);
  });

  test('that fails leaves nothing, and what was there stays', async () => {
    const folder = testFolder();
    const path = join(folder, 'a.qmptap');
    const failing = (force: boolean): Promise<unknown> =>
      writeRecording(path, force, () => Promise.reject(new Error('no more')));
    await expect(failing(false)).rejects.toThrow('no more');
    expect(readdirSync(folder)).toEqual([]);
    writeFileSync(path, 'before');
    await expect(failing(true)).rejects.toThrow('no more');
    expect([readdirSync(folder), text(path)]).toEqual([['a.qmptap'], 'before']);
    await expect(failing(false)).rejects.toMatchObject({ code: 'EXISTS' });
  });

  test('never replaces a pipe', async () => {
    const path = join(testFolder(), 'pipe');
    execFileSync('mkfifo', [path]);
    await expect(writeRecording(path, true, () => Promise.resolve())).rejects.toBeInstanceOf(OutputError);
    expect(statSync(path).isFIFO()).toBe(true);
  });
});

describe('a draft', () => {
  test('lies hidden beside its place, each under another name', () => {
    const [one, two] = [draftOf('/a/b.txt'), draftOf('/a/b.txt')];
    expect(one).toMatch(/^\/a\/\.b\.txt\.[0-9a-f]{8}\.part$/);
    expect(one).not.toBe(two);
  });

  test('takes the name of nothing that came meanwhile', () => {
    const folder = testFolder();
    const [draft, path] = [join(folder, '.draft'), join(folder, 'a')];
    writeFileSync(draft, 'mine');
    writeFileSync(path, 'theirs');
    expect(thrown(() => { place(draft, path, false); })).toMatchObject({ code: 'EXISTS' }); // prettier-ignore
    expect(text(path)).toBe('theirs');
    place(draft, path, true);
    expect([text(path), readdirSync(folder)]).toEqual(['mine', ['a']]);
    mkdirSync(join(folder, 'other'));
    place(path, join(folder, 'other', 'b'), false);
    expect([readdirSync(folder), readdirSync(join(folder, 'other'))]).toEqual([['other'], ['b']]);
  });
});

test('a copy never replaces what it is made of, by whatever name', () => {
  const folder = testFolder();
  const [path, link] = [join(folder, 'a'), join(folder, 'link')];
  writeFileSync(path, '');
  symlinkSync(path, link);
  for (const output of [path, link, join(folder, '.', 'a')]) {
    expect(thrown(() => { refuseItself('export', path, output); })).toMatchObject({ exitCode: 2, subject: 'export' }); // prettier-ignore
  }
  refuseItself('export', path, join(folder, 'b'));
});
