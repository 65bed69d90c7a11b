import { spawn } from 'node:child_process';
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { createServer, connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { firstKept, Keeper } from '../../../src/launch/emulator/keeper.js';
import { commandLineOf } from '../../support/libvirt.js';
import { testFolder } from '../../support/folder.js';
import { findProgram } from '../../support/programs.js';
import { until } from '../../support/until.js';

const bash = findProgram('bash') ?? '/bin/bash';

/** A connected pair and its listener, as descriptors of ours. */
async function sockets(
  path: string,
): Promise<{ listener: number; client: number; server: number; peer: Socket }> {
  const fdOf = (of: unknown): number => (of as { _handle: { fd: number } })._handle.fd;
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const peer = connect(path);
  const [accepted] = (await once(server, 'connection')) as [Socket];
  onTestFinished(() => {
    peer.destroy();
    accepted.destroy();
    server.close();
  });
  return { listener: fdOf(server), client: fdOf(accepted), server: fdOf(peer), peer };
}

/** Processes whose command line holds this word. */
const running = (word: string): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => commandLineOf(pid).includes(word));

describe('the keeper', () => {
  test('holds just these sockets, and lets go when told', async () => {
    const folder = testFolder();
    const { listener, client, server } = await sockets(join(folder, 's'));
    const keeper = new Keeper(bash, (sessions) => ['true', folder, String(sessions)]);
    keeper.hold({ listener, sessions: [{ client, server }] });
    const [pid] = await until('a keeper', () => (running(folder).length === 1 ? running(folder) : undefined));
    expect(commandLineOf(pid!)).toContain(`qmptap-keeper true ${folder} 1`);
    const held = readdirSync(`/proc/${pid!}/fd`).filter((fd) => Number(fd) >= firstKept && Number(fd) < 200);
    const name = (of: number | string, fd: number): string => readlinkSync(`/proc/${of}/fd/${fd}`);
    expect(held.map((fd) => name(pid!, Number(fd)))).toEqual(
      [listener, client, server].map((fd) => name('self', fd)),
    );
    // Another hold replaces it.
    keeper.hold({ listener, sessions: [] });
    await until('the next keeper', () => running(folder).length === 1 && running(folder)[0] !== pid);
    await keeper.close();
    await until('the keeper to end', () => running(folder).length === 0);
    keeper.hold({ listener, sessions: [] });
    expect(running(folder)).toEqual([]);
  });

  test('is replaced when it is killed', async () => {
    const folder = testFolder();
    const { listener, client, server } = await sockets(join(folder, 's'));
    const keeper = new Keeper(bash, () => ['true', folder]);
    keeper.hold({ listener, sessions: [{ client, server }] });
    const [pid] = await until('a keeper', () => (running(folder).length === 1 ? running(folder) : undefined));
    process.kill(pid!, 'SIGKILL');
    await until('another', () => running(folder).some((other) => other !== pid));
    await keeper.close();
    await until('the keeper to end', () => running(folder).length === 0);
  });

  test('becomes the successor when its recorder is killed, with the sockets', async () => {
    const folder = testFolder();
    const out = join(folder, 'out');
    // A process that holds, and is killed.
    const holder = spawn(
      process.execPath,
      [
        '--input-type=module',
        '-e',
        `import { Keeper } from ${JSON.stringify(join(process.cwd(), 'dist/launch/emulator/keeper.js'))};
         import { createServer } from 'node:net';
         const server = createServer().listen(${JSON.stringify(join(folder, 's'))}, () => {
           new Keeper(${JSON.stringify(bash)}, (n) => ['sh', '-c', 'ls -l /proc/self/fd > "$0.new"; echo successor $1 >> "$0.new"; mv "$0.new" "$0"', ${JSON.stringify(out)}, String(n)])
             .hold({ listener: server._handle.fd, sessions: [] });
         });`,
      ],
      { stdio: ['ignore', 'inherit', 'inherit'] },
    );
    await until('the keeper', () => running('qmptap-keeper').some((pid) => commandLineOf(pid).includes(out)));
    holder.kill('SIGKILL');
    const text = await until('the successor', () => {
      try {
        return readFileSync(out, 'utf8');
      } catch {
        return undefined;
      }
    });
    expect(text).toContain('successor 0');
    expect(text).toMatch(new RegExp(` ${firstKept} -> socket:`));
  });
});
