/**
 * Tests mirror the source: `src/a/b.ts` is tested by `test/a/b.test.ts`. The files that have no such test
 * are listed in untested.txt, and that list only shrinks. A file of types alone has nothing to test.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import ts from 'typescript';
import { expect, test } from 'vitest';

const listed = readFileSync('test/untested.txt', 'utf8').trimEnd().split('\n');

const sources = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((path) =>
  path.endsWith('.ts'),
);

/** A thread's program is tested by who starts it: `x-worker.ts` by the test of `x-thread.ts`. */
const isTested = (path: string): boolean =>
  [path, path.replace(/-worker\.ts$/, '-thread.ts')].some((tested) =>
    existsSync(`test/${tested.replace(/\.ts$/, '.test.ts')}`),
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

test('a source file has its test, or is listed in untested.txt', () => {
  expect(sources.length).toBeGreaterThan(300);
  expect(sources.filter((path) => !listed.includes(path) && hasCode(path) && !isTested(path)).sort()).toEqual(
    [],
  );
});

test('what has its test, or is gone, is no longer in untested.txt', () => {
  expect(listed.filter((path) => !sources.includes(path) || isTested(path) || !hasCode(path))).toEqual([]);
});
