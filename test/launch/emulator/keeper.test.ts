import { once } from 'node:events';
import { readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { createServer, connect, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Keeper, type KeeperOptions, type KeptSockets } from '../../../src/launch/emulator/keeper.js';
import { firstKept } from '../../../src/launch/emulator/keeper-script.js';
import { testFolder } from '../../support/folder.js';
import { keepersWith, noKeeper, pairOfKeepers } from '../../support/keepers.js';
import { findProgram } from '../../support/programs.js';
import { until } from '../../support/until.js';

const bash = findProgram('bash') ?? '/bin/bash';

/** A connected pair and its listener, as descriptors of ours. */
async function sockets(path: string): Promise<KeptSockets & { server: Server }> {
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
  return { server, listener: fdOf(server), sessions: [{ client: fdOf(accepted), server: fdOf(peer) }] };
}

describe('the keeper', () => {
  /** A keeper in this process, closed with the test. */
  function keeper(folder: string, options: Partial<KeeperOptions> & Pick<KeeperOptions, 'kept'>): Keeper {
    const made = new Keeper({
      shell: bash,
      pid: process.pid,
      needed: bash,
      onHold: () => undefined,
      trouble: () => undefined,
      ...options,
    });
    onTestFinished(async () => {
      await made.close();
      await noKeeper(folder);
    });
    return made;
  }

  test('holds just these sockets, and lets go of them when another holds', async () => {
    const folder = testFolder();
    const { listener, sessions } = await sockets(join(folder, 's'));
    const [{ client, server }] = sessions as [{ client: number; server: number }];
    let now: KeptSockets[] = [{ listener, sessions }];
    const one = keeper(folder, { kept: () => ({ sockets: now, successor: ['true', folder] }) });
    one.renew();
    const pids = await pairOfKeepers(folder);
    const name = (of: number | string, fd: number): string => readlinkSync(`/proc/${of}/fd/${fd}`);
    for (const pid of pids) {
      const held = readdirSync(`/proc/${pid}/fd`).filter((fd) => Number(fd) >= firstKept && Number(fd) < 200);
      const names = held.map((fd) => name(pid, Number(fd)));
      expect(names.filter((one) => one.startsWith('socket:'))).toEqual(
        [listener, client, server].map((fd) => name('self', fd)),
      );
    }
    now = [{ listener, sessions: [] }];
    one.renew();
    await until('the next keeper alone', () => {
      const found = keepersWith(folder);
      return found.length === 2 && !found.some((pid) => pids.includes(pid));
    });
    await one.close();
    await noKeeper(folder);
    one.renew();
    expect(keepersWith(folder)).toEqual([]);
  });

  test.each([0, 1])('is replaced when its process %i of two is killed', async (which) => {
    const folder = testFolder();
    const kept = await sockets(join(folder, 's'));
    keeper(folder, { kept: () => ({ sockets: [kept], successor: ['true', folder] }) }).renew();
    const pids = (await pairOfKeepers(folder)).sort((a, b) => a - b);
    process.kill(pids[which]!, 'SIGKILL');
    await until('two again', () => {
      const found = keepersWith(folder);
      return found.length === 2 && !found.includes(pids[which]!);
    });
  });

  test('is started again after a failure, and the trouble and its end are told', async () => {
    const folder = testFolder();
    const kept = await sockets(join(folder, 's'));
    const shell = join(folder, 'bash');
    const said: string[] = [];
    keeper(folder, {
      shell,
      kept: () => ({ sockets: [kept], successor: ['true', folder] }),
      trouble: (line) => said.push(line),
    }).renew();
    await until('the trouble', () => said.length > 0);
    expect(said[0]).toMatch(
      /^a kill of the recorder would end the VM: its keeper cannot be started \(.*ENOENT/,
    );
    writeFileSync(shell, `#!${bash}\nexec ${bash} "$@"\n`, { mode: 0o755 });
    await until('its end', () => said.length > 1);
    expect(said[1]).toBe('a kill of the recorder does not end the VM any more');
    await pairOfKeepers(folder);
  });
});
