/** Tests mirror the source: `src/a/b.ts` is tested by `test/a/b.test.ts`. A file of types alone has nothing to test. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import ts from 'typescript';
import { expect, test } from 'vitest';

const sources = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((path) =>
  /\.[jt]s$/.test(path),
);

/** A thread's program is tested by who starts it: `x-worker.ts` by the test of `x-thread.ts`. */
const isTested = (path: string): boolean =>
  [path, path.replace(/-worker\.ts$/, '-thread.ts')].some((tested) =>
    existsSync(`test/${tested.replace(/\.[jt]s$/, '.test.ts')}`),
  );

function hasCode(path: string): boolean {
  const { statements } = ts.createSourceFile(
    path,
    readFileSync(`src/${path}`, 'utf8'),
    ts.ScriptTarget.Latest,
  );
  return statements.some(
    (statement) =>
      !ts.isInterfaceDeclaration(statement) &&
      !ts.isTypeAliasDeclaration(statement) &&
      !ts.isImportDeclaration(statement) &&
      !ts.isExportDeclaration(statement),
  );
}

test('every source file has its test', () => {
  expect(sources.length).toBeGreaterThan(300);
  expect(sources.filter((path) => hasCode(path) && !isTested(path)).sort()).toEqual([]);
});
