import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { openSqlite, sqlitePackage } from '../../../src/store/disk/sqlite.js';
import { testFolder } from '../../support/folder.js';
import { start } from '../../support/process.js';

test('the version for Node 20 is taken there and nowhere else', () => {
  const [major] = process.versions.node.split('.');
  expect(sqlitePackage).toBe(major === '20' ? 'better-sqlite3-12' : 'better-sqlite3');
  const db = openSqlite(':memory:');
  expect(db.prepare('SELECT sqlite_version()').pluck().get()).toMatch(/^3\.\d+\.\d+$/);
  db.close();
});

test.each([
  ['is missing', () => undefined],
  ['has no binary', copyWithoutBinary],
])('a package that %s is one clear line', async (_name, install) => {
  const folder = testFolder();
  cpSync('dist/errors.js', join(folder, 'errors.js'));
  cpSync('dist/store/disk/sqlite.js', join(folder, 'store/disk/sqlite.js'));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  install(join(folder, 'node_modules'));
  const open = `import { openSqlite } from './store/disk/sqlite.js';
    try { openSqlite(':memory:'); } catch (error) { console.log(error.name, error.message); }`;
  const node = start(process.execPath, ['--input-type=module', '-e', open], { cwd: folder });
  expect(await node.ended).toBe(0);
  expect(node.stdout()).toMatch(
    /^RecordingError SQLite for Node \d+\.\d+\.\d+: better-sqlite3(-12)? is not installed; install qmptap with this Node.*\n$/,
  );
});

/** The package as an install with `--ignore-scripts` leaves it. */
function copyWithoutBinary(modules: string): void {
  mkdirSync(modules);
  for (const name of [sqlitePackage, 'bindings', 'file-uri-to-path']) {
    const from = resolve('node_modules', name);
    if (existsSync(from)) cpSync(from, join(modules, name), { recursive: true });
  }
  for (const binaries of ['build', 'prebuilds']) {
    rmSync(join(modules, sqlitePackage, binaries), { recursive: true, force: true });
  }
}
