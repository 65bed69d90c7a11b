import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { emulatorCommand } from '../../../src/cli/capture/emulator.js';
import { OutputError } from '../../../src/errors.js';
import { testFolder } from '../../support/folder.js';

afterEach(() => {
  vi.restoreAllMocks();
});

const printed = (): (() => string) => {
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  return () => write.mock.calls.map(([chunk]) => String(chunk)).join('');
};

test('writes an executable, and prints its line for the XML', () => {
  const folder = testFolder();
  const path = join(folder, 'R&D <1>');
  const said = printed();
  emulatorCommand(path, {
    ...{ qemu: process.execPath, recordings: join(folder, 'r'), agent: true, probe: true },
    ...{ keep: 3, maxSize: 1 << 20 },
  });
  expect(said()).toBe(`${path}: for a VM's XML: <emulator>${folder}/R&amp;D &lt;1></emulator>\n`);
  expect(statSync(path).mode & 0o111).toBe(0o111);
  const script = readFileSync(path, 'utf8');
  expect(script).toContain(' --max-size 1048576 --keep 3)');
  expect(script).toContain('--agent');
});

test('one that replays names its recordings', () => {
  const path = join(testFolder(), 'e');
  printed();
  emulatorCommand(path, { replay: ['recordings/demo.qmptap'] });
  expect(readFileSync(path, 'utf8')).toMatch(/--replay \/.*\/recordings\/demo\.qmptap/);
});

test('what is not ours is replaced only by force', () => {
  const path = join(testFolder(), 'e');
  writeFileSync(path, 'mine');
  printed();
  const write = (force: boolean): void => {
    emulatorCommand(path, { replay: ['recordings/demo.qmptap'], force });
  };
  expect(() => { write(false); }).toThrow(OutputError); // prettier-ignore
  expect(readFileSync(path, 'utf8')).toBe('mine');
  write(true);
  expect(readFileSync(path, 'utf8')).not.toBe('mine');
});
