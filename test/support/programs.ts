/**
 * The one rule about real programs in tests: a test that needs one is skipped, with the reason, where
 * it is not installed; with QMPTAP_LAB=required in the environment it fails instead.
 */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type TestContext, test } from 'vitest';

/** The program's path, from PATH or the folders of daemons. */
export function findProgram(program: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/local/sbin', '/usr/sbin', '/sbin'];
  for (const folder of folders) {
    try {
      const path = join(folder, program);
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not in this folder.
    }
  }
  return undefined;
}

type LabTest = (name: string, body: (context: TestContext) => unknown, timeout?: number) => void;

/** vitest's `test` for tests that need all of these programs. */
export function labTest(...programs: readonly string[]): LabTest {
  return testUnless(programs.filter((program) => findProgram(program) === undefined));
}

/** vitest's `test` for tests that need what is `missing`, if anything is. */
export function testUnless(missing: readonly string[]): LabTest {
  if (missing.length === 0) return test;
  const reason = `not installed: ${missing.join(', ')}`;
  return (name) => {
    test(name, (context) => {
      if (process.env.QMPTAP_LAB === 'required') throw new Error(`${reason}, but QMPTAP_LAB=required`);
      context.skip(reason);
    });
  };
}
