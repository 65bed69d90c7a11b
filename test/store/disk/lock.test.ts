import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createEmptyFile } from '../../../src/store/disk/files.js';
import { Lock } from '../../../src/store/disk/lock.js';
import { testFolder } from '../../support/folder.js';

describe('a lock', () => {
  test('is held by one, seen by all, and free again', () => {
    const path = join(testFolder(), 'lock');
    createEmptyFile(path);
    expect(Lock.isHeld(path)).toBe(false);
    {
      using held = Lock.take(path, 0);
      expect(held).toBeDefined();
      expect(Lock.isHeld(path)).toBe(true);
      expect(Lock.take(path, 0)).toBeUndefined();
      expect(Lock.isHeld(path)).toBe(true);
    }
    expect(Lock.isHeld(path)).toBe(false);
  });

  test('ends with the process that holds it, however that dies', async () => {
    const path = join(testFolder(), 'lock');
    createEmptyFile(path);
    const hold =
      "import { Lock } from './dist/store/disk/lock.js'; globalThis.lock = Lock.take(process.argv[1], 0); console.log('held'); setInterval(() => {}, 1000)";
    const child = spawn(process.execPath, ['--input-type=module', '-e', hold, path], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    expect(Lock.isHeld(path)).toBe(true);
    expect(Lock.take(path, 0)).toBeUndefined();
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(Lock.isHeld(path)).toBe(false);
  });

  test('of a file that was replaced is none', () => {
    const path = join(testFolder(), 'lock');
    createEmptyFile(path);
    using old = Lock.take(path, 0);
    expect(old).toBeDefined();
    rmSync(path);
    createEmptyFile(path);
    expect(Lock.isHeld(path)).toBe(false);
    using held = Lock.take(path, 0);
    expect(held).toBeDefined();
  });

  test('needs a file', () => {
    const folder = testFolder();
    expect(() => Lock.take(join(folder, 'none'), 0)).toThrow('ENOENT');
    writeFileSync(join(folder, 'text'), 'not a lock');
    expect(() => Lock.isHeld(join(folder, 'text'))).toThrow('not a database');
  });
});
