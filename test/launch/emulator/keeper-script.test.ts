import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { firstKept } from '../../../src/launch/emulator/keeper-script.js';
import { testFolder } from '../../support/folder.js';
import { keepersWith, noKeeper, pairOfKeepers } from '../../support/keepers.js';
import { findProgram } from '../../support/programs.js';
import { until } from '../../support/until.js';

const bash = findProgram('bash') ?? '/bin/bash';

const text = (path: string): string => (existsSync(path) ? readFileSync(path, 'utf8') : '');

describe('when its recorder is killed, the keeper', () => {
  interface Recorder {
    readonly process: ChildProcess;
    readonly out: string;
    readonly log: () => string;
  }

  /** A process that has a keeper, whose successor is a piece of shell; it writes to `$OUT`. */
  async function recorder(
    folder: string,
    successor: string,
    { env = {}, program = bash, needed = bash, pid = process.pid } = {},
  ): Promise<Recorder> {
    const [out, log] = [join(folder, 'out'), join(folder, 'log')];
    const code = `import { Keeper } from ${JSON.stringify(join(process.cwd(), 'dist/launch/emulator/keeper.js'))};
      import { createServer } from 'node:net';
      const server = createServer().listen(${JSON.stringify(join(folder, 's'))}, () => {
        new Keeper({
          ...${JSON.stringify({ shell: bash, needed, pid })},
          onHold: () => console.log('holds'), trouble: console.error,
          kept: () => ({
            sockets: [{ listener: server._handle.fd, sessions: [] }],
            successor: ${JSON.stringify([program, '-c', `OUT=${out}; ${successor}`, folder])},
          }),
        }).renew();
      });`;
    const holder = spawn(process.execPath, ['--input-type=module', '-e', code], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    });
    holder.stderr.on('data', (chunk: Buffer) => {
      writeFileSync(log, chunk, { flag: 'a' });
    });
    onTestFinished(async () => {
      holder.kill('SIGKILL');
      for (const one of keepersWith(folder)) process.kill(one, 'SIGKILL');
      await noKeeper(folder);
    });
    await once(holder.stdout, 'data');
    return { process: holder, out, log: () => text(log) };
  }

  const over = 'echo over';

  test('starts the successor with the sockets, and ends when that has a keeper', async () => {
    const folder = testFolder();
    const { process: holder, out } = await recorder(
      folder,
      `ls -l /proc/self/fd > $OUT.new; mv $OUT.new $OUT; while [ -e $OUT ]; do sleep 0.05; done; ${over}`,
    );
    holder.kill('SIGKILL');
    await until('the successor', () => text(out) !== '');
    expect(text(out)).toMatch(new RegExp(` ${firstKept} -> socket:`));
    expect(text(out)).not.toMatch(/ 3 -> socket:/);
    // The guard holds on: a kill of the successor at this moment would find another.
    expect(keepersWith(folder)).toHaveLength(1);
    renameSync(out, `${out}.seen`);
    await noKeeper(folder);
  });

  test('starts another at once if the successor is killed while it starts', async () => {
    const folder = testFolder();
    const {
      process: holder,
      out,
      log,
    } = await recorder(folder, `echo x >> $OUT; [ $(wc -l < $OUT) = 3 ] || kill -KILL $$; ${over}`);
    holder.kill('SIGKILL');
    await noKeeper(folder);
    expect(text(out)).toBe('x\nx\nx\n');
    expect(log()).toContain('qmptap: a new recorder ended before it had a keeper; the VM goes on');
  });

  test('ignores the signals that end other programs', async () => {
    const folder = testFolder();
    const { process: holder, out } = await recorder(folder, `echo x > $OUT; ${over}`);
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
      for (const pid of await pairOfKeepers(folder)) process.kill(pid, signal);
    }
    holder.kill('SIGKILL');
    await until('the successor', () => text(out) !== '');
    await noKeeper(folder);
  });

  test('waits for a program that has been removed, says so once, and takes the one of that name in $PATH', async () => {
    const folder = testFolder();
    const [moved, needed] = [join(folder, 'bash'), join(folder, 'main.js')];
    const {
      process: holder,
      out,
      log,
    } = await recorder(folder, `echo x > $OUT; ${over}`, {
      program: moved,
      needed,
    });
    holder.kill('SIGKILL');
    await until('the line', () => log().includes(`there is no ${moved}, or no ${needed}: the VM goes on`));
    expect(keepersWith(folder)).toHaveLength(1);
    writeFileSync(needed, '');
    await until('the successor', () => text(out) !== '');
    await noKeeper(folder);
    expect(log().match(/there is no/g)).toHaveLength(1);
  });

  test('lets go when QEMU has ended, even if no successor can be started', async () => {
    const folder = testFolder();
    const qemu = spawn('sleep', ['60']);
    onTestFinished(() => void qemu.kill('SIGKILL'));
    const needed = join(folder, 'gone');
    const { process: holder, log } = await recorder(folder, over, { needed, pid: qemu.pid! });
    holder.kill('SIGKILL');
    await until('the line', () => log().includes('there is no'));
    qemu.kill('SIGKILL');
    await noKeeper(folder);
  });

  test('reads no start-up file, whatever its surroundings say', async () => {
    const folder = testFolder();
    const rc = join(folder, '.bashrc');
    writeFileSync(rc, `echo "$0" >> ${folder}/read`);
    // The successor is no bash, which would read them by itself.
    const { process: holder, out } = await recorder(folder, `echo x > $OUT; ${over}`, {
      program: findProgram('dash') ?? '/bin/sh',
      env: {
        HOME: folder,
        BASH_ENV: rc,
        ENV: rc,
        SHLVL: '0',
        TMOUT: '1',
        SSH_CLIENT: 'x',
        'BASH_FUNC_read%%': '() { exit; }',
      },
    });
    await pairOfKeepers(folder);
    // TMOUT would end a read after a second, and a second recorder would read from the same sockets.
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    expect(existsSync(out)).toBe(false);
    holder.kill('SIGKILL');
    await until('the successor', () => text(out) !== '');
    await noKeeper(folder);
    expect(existsSync(join(folder, 'read'))).toBe(false);
  });
});
