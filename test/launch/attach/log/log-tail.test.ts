import { appendFileSync, closeSync, fstatSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { LogTail } from '../../../../src/launch/attach/log/log-tail.js';
import { testFolder } from '../../../support/folder.js';
import { until } from '../../../support/until.js';

function logFile(): { path: string; file: number } {
  const path = join(testFolder(), 'log');
  const file = openSync(path, 'wx+', 0o600);
  onTestFinished(() => {
    closeSync(file);
  });
  return { path, file };
}

test('all that is appended comes, in order; what was read takes no room', async () => {
  const { path, file } = logFile();
  let read = '';
  const tail = new LogTail(file, { bytes: (piece) => (read += piece.toString()), tooMuch: () => undefined });
  let written = '';
  for (let line = 0; written.length < 5 << 20; line++) {
    const text = `${line} ${'x'.repeat(5000)}\n`;
    appendFileSync(path, text);
    written += text;
    if (line % 100 === 0) await until('some of it', () => tail.size === written.length);
  }
  await until('the rest', () => tail.size === written.length);
  appendFileSync(path, 'last');
  tail.end();
  expect(read === `${written}last`).toBe(true);
  const { size, blocks } = fstatSync(file);
  expect(size).toBe(written.length + 4);
  expect(blocks * 512).toBeLessThan(3 << 20);
});

test('more than is allowed lies there: told once', async () => {
  const { path, file } = logFile();
  let told = 0;
  const tail = new LogTail(file, { bytes: () => undefined, tooMuch: () => told++ }, 1000);
  appendFileSync(path, 'x'.repeat(2000));
  await until('it to be told', () => told > 0);
  appendFileSync(path, 'x'.repeat(2000));
  await until('it to be read', () => tail.size === 4000);
  tail.end();
  expect(told).toBe(1);
});
