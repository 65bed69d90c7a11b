import { spawn, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { watchQemu } from '../../../src/launch/qemu/qemu-life.js';
import { testFolder } from '../../support/folder.js';

const waiting = (): ReturnType<typeof spawn> => spawn('cat', { stdio: ['pipe', 'ignore', 'ignore'] });

describe("QEMU's life", () => {
  test('is that of the process', async () => {
    const child = waiting();
    const life = watchQemu(child.pid!);
    expect(life.alive).toBe(true);
    child.kill('SIGKILL');
    await life.ended;
    expect(life.alive).toBe(false);
  });

  test('goes on in the process of its pidfile', async () => {
    const pidFile = join(testFolder(), 'qmp.pid');
    const parent = waiting();
    const daemon = waiting();
    writeFileSync(pidFile, `${daemon.pid!}\n`);
    const life = watchQemu(parent.pid!, pidFile);
    const parentEnded = new Promise((resolve) => parent.once('exit', resolve));
    parent.kill('SIGKILL');
    await parentEnded;
    expect(
      await Promise.race([life.ended.then(() => 'ended'), new Promise((resolve) => setImmediate(resolve))]),
    ).toBeUndefined();
    expect(life.alive).toBe(true);
    daemon.kill('SIGKILL');
    await life.ended;
    expect(life.alive).toBe(false);
  });

  test.each([
    ['nothing in it', ''],
    ['nonsense in it', '-1\n'],
  ])('ends with its parent where the pidfile has %s', async (_, text) => {
    const pidFile = join(testFolder(), 'qmp.pid');
    writeFileSync(pidFile, text);
    const { pid } = spawnSync('true');
    await watchQemu(pid, pidFile).ended;
  });
});
