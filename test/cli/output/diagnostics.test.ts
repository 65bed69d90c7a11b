import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { startScript } from '../../support/process.js';
import { PtyScreen } from '../../support/pty-screen.js';
import { typescript } from '../../support/typescript.js';

const program = 'test/cli/output/stalled-reader-program.ts';

test('lines that nobody takes are kept, and of too many the rest is counted; nothing waits', async () => {
  const running = startScript(program, ['diagnostics'], { stdio: ['pipe', 'ignore', 'pipe', 'pipe'] });
  running.child.stderr?.pause();
  for await (const line of createInterface({ input: running.child.stdio[3] as Readable })) {
    expect(JSON.parse(line)).toBe('written');
    break;
  }
  // From here on somebody reads; what was kept is written at the end at the latest.
  running.child.stderr?.resume();
  running.child.stdin?.write('\n');
  expect(await running.ended).toBe(0);
  const lines = running.stderr().trimEnd().split('\n');
  const kept = lines.filter((line) => /^x{999}$/.test(line)).length;
  const [, left] = /^qmptap: (\d+) more lines were left out here$/.exec(lines.at(-1) ?? '') ?? [];
  expect(kept).toBeGreaterThanOrEqual(1000);
  expect(kept + Number(left)).toBe(2000);
  expect(running.stderr()).not.toContain('lost');
});

test('lines that are held back for another program come after it, in their order', async () => {
  const screen = new PtyScreen(process.execPath, [...typescript, program, 'held']);
  expect((await screen.ended).exitCode).toBe(0);
  expect(screen.written.split('\r\n')).toEqual(['held', 'after', '']);
});
