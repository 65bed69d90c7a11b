import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ConnectError, OutputError } from '../../../src/errors.js';
import { impersonate } from '../../../src/launch/emulator/impersonate.js';
import { testFolder } from '../../support/folder.js';
import { run } from '../../support/process.js';
import { negotiated } from '../../support/qmp-client.js';

const demo = 'recordings/demo.qmptap';

/** The arguments of a QEMU with a monitor at each of these. */
const monitors = (...paths: readonly string[]): string[] =>
  paths.flatMap((path) => ['-qmp', `unix:${path},server=on,wait=off`]);

/** What is told of the recordings that are played. */
let chosen: unknown[] = [];

const start = (argv: readonly string[]): ReturnType<typeof impersonate> => {
  chosen = [];
  return impersonate({
    ...{ recordings: [demo], argv, pid: process.pid, onDivergence: () => undefined },
    onChosen: (...one) => chosen.push(one),
  });
};

describe('a recorded QEMU', () => {
  test('has its monitor and the file of its number until it ends', async () => {
    const folder = testFolder();
    const [monitor, pidFile] = [join(folder, 'monitor'), join(folder, 'pid')];
    const running = await start([...monitors(monitor), '-pidfile', pidFile]);
    expect(readFileSync(pidFile, 'utf8')).toBe(`${process.pid}\n`);
    expect(chosen).toEqual([[`-qmp unix:${monitor},server=on,wait=off`, demo, undefined]]);
    await negotiated(monitor);
    await running?.[Symbol.asyncDispose]();
    expect([monitor, pidFile].map((path) => existsSync(path))).toEqual([false, false]);
  });

  test('that cannot have all it needs has nothing', async () => {
    const folder = testFolder();
    const [monitor, missing] = [join(folder, 'monitor'), join(folder, 'missing', 'monitor')];
    await expect(start(monitors(monitor, missing))).rejects.toThrow(ConnectError);
    expect([existsSync(monitor), chosen]).toEqual([false, []]);

    const taken = join(folder, 'taken');
    mkdirSync(taken);
    await expect(start([...monitors(monitor), '-pidfile', taken])).rejects.toThrow(OutputError);
    expect([monitor, taken].map((path) => existsSync(path))).toEqual([false, true]);
  });

  test('ends with one line then', async () => {
    const folder = testFolder();
    const argv = monitors(join(folder, 'monitor'), join(folder, 'missing', 'monitor'));
    const { code, stderr } = await run(['impersonate', '--replay', demo, '--', ...argv]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^qmptap: cannot listen on .*: there is no folder .*; make it first\n$/);
  });
});
