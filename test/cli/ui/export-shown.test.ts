import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { exportShown } from '../../../src/cli/ui/export-shown.js';
import { openRecording } from '../../../src/store/index/open.js';
import { testFolder } from '../../support/folder.js';
import { recordingFile } from '../../support/recording-file.js';

const everything = { op: 'all' } as const;
const talk = [
  '-> {"execute":"query-status"}',
  '<- {"return": {}}',
  '-> {"execute":"change-vnc-password","arguments":{"password":"hunter2"}}',
];

describe('what the UI exports', () => {
  test('is what it shows, without secrets, for the user only', async () => {
    const folder = testFolder();
    using reader = openRecording(await recordingFile(join(folder, 'a.qmptap'), talk, talk));
    const path = join(folder, 'a.jsonl');
    expect(await exportShown(reader, { op: 'compare', field: 'session', is: '=', value: 2 }, path)).toBe(3);
    const text = readFileSync(path, 'utf8');
    expect(text).toContain('"type":"session","session":2,');
    expect(text).not.toMatch(/hunter2|"session":1,/);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder).sort()).toEqual(['a.jsonl', 'a.qmptap']);
  });

  test('names the recording as it is found from there', async () => {
    const folder = testFolder();
    using reader = openRecording(await recordingFile(join(folder, 'a.qmptap'), talk));
    mkdirSync(join(folder, 'test'));
    await exportShown(reader, everything, join(folder, 'test', 'a.test.ts'));
    expect(readFileSync(join(folder, 'test', 'a.test.ts'), 'utf8')).toContain('"../a.qmptap"');
  });

  test('replaces nothing, and says in one line what is wrong', async () => {
    const folder = testFolder();
    using reader = openRecording(await recordingFile(join(folder, 'a.qmptap'), talk));
    const exported = (name: string): Promise<number> => exportShown(reader, everything, join(folder, name));
    writeFileSync(join(folder, 'there.txt'), 'mine');
    await expect(exported('there.txt')).rejects.toThrow(/there\.txt: it exists already; choose another name/);
    expect(readFileSync(join(folder, 'there.txt'), 'utf8')).toBe('mine');
    await expect(exported('no/x.txt')).rejects.toThrow(
      `${join(folder, 'no/x.txt')}: cannot be written: no such file or folder; choose another place`,
    );
    await expect(exported('x.doc')).rejects.toThrow(
      'its name does not say the format; let it end with one of .jsonl .html .txt',
    );
    expect(readdirSync(folder).sort()).toEqual(['a.qmptap', 'there.txt']);
  });
});
