/** A disk of its own for a test, small enough to be filled. */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished, type TestContext, test } from 'vitest';
import { testFolder } from './folder.js';
import { labTest } from './programs.js';

/**
 * `test` for what only root may do: mounting, taking another user's rights. Skipped like a missing program, and
 * without these `programs`.
 */
export function rootTest(
  name: string,
  body: (context: TestContext) => unknown,
  programs: readonly string[] = [],
): void {
  if (process.getuid?.() === 0) {
    labTest(...programs)(name, body);
    return;
  }
  test(name, (context) => {
    if (process.env['QMPTAP_LAB'] === 'required') throw new Error('needs root, and QMPTAP_LAB=required');
    context.skip('needs root');
  });
}

/** A file system in memory of so many kB, which goes with the test. */
export function smallDisk(kilobytes: number): string {
  const folder = join(testFolder(), 'disk');
  mkdirSync(folder);
  mount(folder, ['-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'qmptap-test']);
  return folder;
}

/** Mounts something over a folder, until the test ends or unmounts it. */
export function mount(folder: string, what: readonly string[]): void {
  execFileSync('mount', [...what, folder]);
  onTestFinished(() => {
    try {
      execFileSync('umount', ['-l', folder], { stdio: 'ignore' });
    } catch {
      // The test has done it.
    }
  });
}
