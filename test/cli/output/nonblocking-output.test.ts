import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { testFolder } from '../../support/folder.js';
import { type Running, startScript } from '../../support/process.js';

interface Stalled extends Running {
  /** What the program says next of its outlet. */
  next(): Promise<unknown>;
}

function startOutlet(output: number | 'pipe'): Stalled {
  const running = startScript('test/cli/output/stalled-reader-program.ts', ['outlet'], {
    stdio: ['pipe', output, 'inherit', 'pipe'],
  });
  running.child.stdout?.pause();
  const answers = createInterface({ input: running.child.stdio[3] as Readable })[Symbol.asyncIterator]();
  const next = async (): Promise<unknown> => JSON.parse(String((await answers.next()).value));
  return { ...running, next };
}

/** A pipe: the descriptor that a program writes to, and one that holds its reading end open. */
function pipe(): { hold: number; end: number } {
  const path = join(testFolder(), 'pipe');
  execFileSync('mkfifo', [path]);
  const hold = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  return { hold, end: openSync(path, constants.O_WRONLY) };
}

describe('an outlet that nobody reads', () => {
  async function takesWhatFits(running: Stalled, close: () => void): Promise<void> {
    const filled = (await running.next()) as Record<'first' | 'second' | 'whole', number>;
    expect(filled.first).toBeGreaterThan(0);
    expect(filled.first).toBeLessThan(filled.whole);
    expect(filled).toMatchObject({ second: 0, dead: false });
    close();
    running.child.stdin?.write('\n');
    expect(await running.next()).toEqual({ third: 1, dead: true });
    expect(await running.next()).toEqual({ fourth: true, dead: true });
    expect(await running.ended).toBe(0);
  }

  test('on a socket takes what fits, and does not wait; closed, it takes everything', async () => {
    const running = startOutlet('pipe');
    await takesWhatFits(running, () => running.child.stdout?.destroy());
  });

  test('on a pipe, too', async () => {
    const { hold, end } = pipe();
    const running = startOutlet(end);
    await takesWhatFits(running, () => {
      closeSync(end);
      closeSync(hold);
    });
  });

  test('on a pipe that nobody can read any more is dead from the start', async () => {
    const { hold, end } = pipe();
    closeSync(hold);
    const running = startOutlet(end);
    closeSync(end);
    expect(await running.next()).toMatchObject({ first: 1 << 20, second: 1 << 20, dead: true });
    running.child.stdin?.write('\n');
    expect(await running.ended).toBe(0);
  });
});
