import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../../support/process.js';
import { recordingFile } from '../../support/recording-file.js';
import { boot } from './jobs.js';

const folder = mkdtempSync(join(tmpdir(), 'qmptap-'));
let file: string;
const rules = join(folder, 'rules.yaml');

beforeAll(async () => {
  file = await recordingFile(join(folder, 'a.qmptap'), boot);
  writeFileSync(
    rules,
    'rules:\n  - name: gone\n    rule: each cmd:device_del($id) then event:DEVICE_DELETED(device=$id)\n' +
      '  - name: no-removal\n    level: warning\n    rule: never cmd:device_del\n',
  );
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('qmptap check --rules', () => {
  test('text, safe on a terminal; 3 if one is false', async () => {
    const { stdout, code } = await run(['check', file, '--rules', rules]);
    expect(stdout).toContain('open   gone  1 open of 1 case');
    expect(stdout).toContain('false  no-removal  1 failed');
    expect(stdout).toContain('2 rules: 0 true, 1 false, 1 open');
    expect(code).toBe(3);
  });

  test('JSON, JUnit, SARIF', async () => {
    const json = await run(['check', file, '--rules', rules, '--json']);
    const lines = json.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string });
    expect(lines.map(({ type }) => type)).toEqual(['rule', 'case', 'rule', 'case']);
    const junit = await run(['check', file, '--rules', rules, '--format', 'junit']);
    expect(junit.stdout).toContain('<testcase name="gone" classname="qmptap">');
    const sarif = await run(['check', file, '--rules', rules, '--format', 'sarif']);
    expect(JSON.parse(sarif.stdout)).toMatchObject({ version: '2.1.0' });
  });

  test('a note does not fail', async () => {
    const notes = join(folder, 'notes.json');
    writeFileSync(notes, '{"rules": [{"name": "a", "rule": "never cmd:device_del", "level": "note"}]}');
    expect((await run(['check', file, '--rules', notes])).code).toBe(0);
  });

  test('--follow tells a case when it fails, and ends with the recording', async () => {
    const { stdout, code } = await run(['check', file, '--rules', rules, '--follow']);
    expect(stdout.split('\n')[0]).toContain('false  no-removal  session 1');
    expect(code).toBe(3);
  });

  test('--mutate: 3 if a rule cannot be made to fail', async () => {
    const { stdout, code } = await run(['check', file, '--rules', rules, '--mutate']);
    expect(stdout).toContain('can fail   no-removal  fails as recorded');
    expect(code).toBe(3);
    const lines = (await run(['check', file, '--rules', rules, '--mutate', '--json'])).stdout;
    expect(lines.trim().split('\n').map((line) => (JSON.parse(line) as { type: string }).type)).toEqual(['mutation', 'mutation']); // prettier-ignore
  });

  test('--list-rules prints a file that --rules reads, as pack does', async () => {
    const { stdout } = await run(['check', '--list-rules']);
    const copy = join(folder, 'copy.yaml');
    writeFileSync(copy, stdout);
    const own = await run(['check', file, '--rules', copy]);
    expect(own.stdout).toBe((await run(['check', file, '--rules', 'pack'])).stdout);
  });

  test.each([
    ['a missing file', 'missing.yaml', /missing\.yaml: cannot be read: no such file/],
    ['a wrong rule, with a caret', 'wrong.yaml', /wrong\.yaml:3:17: no term is called 'foo'/],
    ['a name for the second time', 'rules.yaml', /two rules are called 'gone'/],
  ])('%s is refused in one line', async (_, name, answer) => {
    writeFileSync(join(folder, 'wrong.yaml'), 'rules:\n  - name: a\n    rule: never foo:x\n');
    const { stderr, code } = await run(['check', file, '--rules', rules, '--rules', join(folder, name)]);
    expect(stderr).toMatch(answer);
    expect(code).toBe(2);
  });
});
