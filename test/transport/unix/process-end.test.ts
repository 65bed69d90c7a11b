import { spawn, spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { watchProcess } from '../../../src/transport/unix/process-end.js';

describe('watching a process', () => {
  test('tells its end, once', async () => {
    const child = spawn('cat', { stdio: ['pipe', 'ignore', 'ignore'] });
    let calls = 0;
    const over = new Promise<void>((resolve) => {
      const watch = watchProcess(child.pid!, () => {
        calls++;
        expect(watch.ended).toBe(true);
        resolve();
      });
      expect(watch.ended).toBe(false);
      child.stdin.end();
    });
    await over;
    await new Promise((resolve) => setImmediate(resolve));
    expect(calls).toBe(1);
  });

  test('tells of one that has ended before', async () => {
    const { pid } = spawnSync('true');
    await new Promise<void>((resolve) => {
      watchProcess(pid, resolve);
    });
  });

  test('tells nothing after close', async () => {
    const child = spawn('cat', { stdio: ['pipe', 'ignore', 'ignore'] });
    const watch = watchProcess(child.pid!, () => {
      throw new Error('told');
    });
    watch.close();
    watch.close();
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.stdin.end();
    await ended;
    await new Promise((resolve) => setImmediate(resolve));
    expect(watch.ended).toBe(false);
  });
});
