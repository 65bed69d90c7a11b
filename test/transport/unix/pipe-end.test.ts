import { execFileSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { whenReaderCloses } from '../../../src/transport/unix/pipe-end.js';
import { testFolder } from '../../support/folder.js';
import { turns } from '../../support/streams.js';

test('the last reader of a pipe is waited for', async () => {
  const path = join(testFolder(), 'pipe');
  execFileSync('mkfifo', [path]);
  // Opened for both, because a reader alone would wait for a writer, and the other way round.
  const [reader, other] = [openSync(path, 'r+'), openSync(path, 'r')];
  const writer = openSync(path, 'w');
  onTestFinished(() => {
    closeSync(writer);
  });
  let closed = false;
  const waiting = whenReaderCloses(writer).then(() => {
    closed = true;
  });
  closeSync(reader);
  await turns();
  expect(closed).toBe(false);
  closeSync(other);
  await waiting;
});
