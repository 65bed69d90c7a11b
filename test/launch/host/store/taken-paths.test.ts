import { appendFileSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readTakenPaths, TakenPaths } from '../../../../src/launch/host/store/taken-paths.js';
import { testFolder } from '../../../support/folder.js';

const one = {
  ...{
    path: '/run/a b/qmp.sock',
    dialect: 'qmp' as const,
    vm: 'x',
    name: 'a',
    state: undefined,
    within: '/run',
  },
  own: { dev: 1, ino: 2 },
};

test('what was taken is read by the next one, which goes on counting', () => {
  const file = join(testFolder(), 'paths.jsonl');
  const taken = new TakenPaths(file, new Map());
  expect([taken.add(one).number, taken.add({ ...one, path: '/b' }).number]).toEqual([1, 2]);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const found = readTakenPaths(file);
  expect(found.get(1)).toEqual({ ...one, number: 1 });
  const next = new TakenPaths(file, new Map([[2, found.get(2)!]]));
  expect(next.add(one).number).toBe(3);
  expect([...readTakenPaths(file).keys()]).toEqual([2, 3]);
  next.remove();
  expect(existsSync(file)).toBe(false);
  expect(readTakenPaths(file).size).toBe(0);
});

test('a line that a crash has cut off costs no other', () => {
  const file = join(testFolder(), 'paths.jsonl');
  new TakenPaths(file, new Map()).add(one);
  appendFileSync(file, '{"number":2,"path":"/b');
  expect([...readTakenPaths(file).keys()]).toEqual([1]);
});

test('what a host of another version has written down is gone on with: nobody else serves the path', () => {
  const file = join(testFolder(), 'paths.jsonl');
  const { within, ...older } = { ...one, number: 7, later: true };
  writeFileSync(file, `${JSON.stringify(older)}\n${JSON.stringify({ ...older, number: 8, within: 1 })}\n`);
  expect(within).toBe('/run');
  expect([...readTakenPaths(file)].map(([number, { path }]) => [number, path])).toEqual([[7, one.path]]);
});

test('any text is read without an error, and gives only what has all its parts', () => {
  const file = join(testFolder(), 'paths.jsonl');
  new TakenPaths(file, new Map()).add(one);
  const good = readFileSync(file, 'utf8').trim();
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.string(), fc.json(), fc.constant(good))), (lines) => {
      writeFileSync(file, lines.join('\n'));
      for (const taken of readTakenPaths(file).values()) {
        expect(taken.path.startsWith('/')).toBe(true);
        expect(Number.isSafeInteger(taken.own.ino)).toBe(true);
      }
    }),
  );
});
