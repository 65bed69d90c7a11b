import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { HeldFolder } from '../../../src/transport/path/held-folder.js';
import { livingHolder, removeHolder, writeHolder } from '../../../src/transport/path/holder.js';
import { testFolder } from '../../support/folder.js';

function held(): { folder: HeldFolder; file: string } {
  const path = testFolder();
  const folder = new HeldFolder(path);
  onTestFinished(() => {
    folder.close();
  });
  return { folder, file: join(path, 'holder.json') };
}

test('who holds a path, as long as that process runs', () => {
  const { folder, file } = held();
  expect(livingHolder(folder)).toBeUndefined();
  writeHolder(folder, '/recordings/vm.qmptap');
  expect(livingHolder(folder)).toMatchObject({ pid: process.pid, recording: '/recordings/vm.qmptap' });
  expect(statSync(file).mode & 0o777).toBe(0o600);
  removeHolder(folder);
  expect(livingHolder(folder)).toBeUndefined();
});

test('a process that has ended, and another with its number', async () => {
  const { folder, file } = held();
  writeHolder(folder, 'x');
  const holder = JSON.parse(readFileSync(file, 'utf8')) as object;
  const child = spawn('true');
  await once(child, 'exit');
  writeFileSync(file, JSON.stringify({ ...holder, pid: child.pid }));
  expect(livingHolder(folder)).toBeUndefined();
  writeFileSync(file, JSON.stringify({ ...holder, started: '1' }));
  expect(livingHolder(folder)).toBeUndefined();
});

test('whatever is in the file', () => {
  const { folder, file } = held();
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json(), fc.constant('x'.repeat(20_000))), (text) => {
      writeFileSync(file, text);
      expect(livingHolder(folder)).toBeUndefined();
    }),
  );
});
