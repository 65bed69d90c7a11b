/**
 * `kill -9` of the host at random moments, while it runs and while it starts, under VMs whose clients are busy. No client
 * may see its monitor close. A few in each run; `npm run kills` does 50 under 20 VMs and prints the figures.
 */
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { askHost } from '../../src/launch/host/control-client.js';
import { controlSocket } from '../../src/launch/host/control.js';
import { BusyClient } from '../support/busy-client.js';
import { testFolder } from '../support/folder.js';
import { endHost, hostProcess } from '../support/host.js';
import { qmptap, run } from '../support/process.js';
import { labTest } from '../support/programs.js';
import { startQemu } from '../support/qemu.js';
import { negotiated } from '../support/qmp-client.js';
import { random } from '../support/random.js';
import { until } from '../support/until.js';

const kills = Number(process.env['QMPTAP_HOST_KILLS'] ?? 5);
const vms = Number(process.env['QMPTAP_HOST_VMS'] ?? 5);
const seed = Number(process.env['QMPTAP_SEED'] ?? Date.now() % 1e9);
const test = labTest('qemu-system-x86_64');
/** A machine that is busy with other things may be slow. */
const patience = 120_000;

test(
  `no client of ${vms} VMs notices ${kills} kills of the host`,
  async () => {
    const folder = testFolder();
    const [places, recordings] = [join(folder, 'vms'), join(folder, 'recordings')];
    mkdirSync(places);
    endHost(recordings);
    const servers = await Promise.all(
      Array.from({ length: vms }, (_, at) => startQemu(places, { name: `vm${at}.qmp` })),
    );
    const host = qmptap(['host', '--recordings', recordings, '--watch', `${places}/*.qmp`]);
    await host.says(/Ctrl-C ends/);
    const clients = await Promise.all(
      servers.map(async ({ socket }) => new BusyClient(await negotiated(socket))),
    );
    const answered = (): number => clients.reduce((sum, client) => sum + client.answered, 0);
    const next = random(seed);
    let [killed, asStarting] = [0, 0];
    let last: number | undefined;
    while (killed < kills) {
      const victim = await until('a host', () => hostProcess(recordings, last));
      const starting = killed > 0 && next() < 0.3;
      if (!starting) {
        await ready(recordings, victim);
        // What was on its way when the last one died is not answered any more.
        for (const client of clients) client.ask();
        const enough = answered() + Math.ceil(next() * 20 * vms);
        await until(
          `answers after ${killed} kills (seed ${seed})`,
          () => answered() >= enough,
          patience,
        ).catch((error: unknown) => {
          const stuck = clients.filter(({ idle }) => !idle).length;
          throw new Error(`${enough - answered()} are missing, ${stuck} clients wait`, { cause: error });
        });
      }
      process.kill(victim, 'SIGKILL');
      last = victim;
      killed++;
      if (starting) asStarting++;
    }
    await ready(recordings, await until('a host', () => hostProcess(recordings, last)));
    for (const client of clients) {
      client.stop();
      client.ask();
    }
    await until(`the last answers (seed ${seed})`, () => clients.every(({ idle }) => idle));
    expect(clients.filter(({ closed }) => closed)).toEqual([]);
    const sum = (what: 'lost' | 'again' | 'broken'): number =>
      clients.reduce((all, client) => all + client[what], 0);
    process.stdout.write(
      `${killed} kills of the host (${asStarting} of one that started) under ${vms} VMs: ${answered()} answers, ` +
        `${sum('lost')} lost, ${sum('again')} twice, ${sum('broken')} broken; seed ${seed}\n`,
    );
    for (const { client } of clients) client.socket.destroy();
    await run(['host', 'leave', '--recordings', recordings]);
    await until('the host to end', () => hostProcess(recordings) === undefined);
    expect(readdirSync(places).filter((name) => !name.endsWith('.qmp'))).toEqual([]);

    const files = readdirSync(recordings).filter((name) => name.endsWith('.qmptap'));
    expect(files.length).toBeGreaterThanOrEqual(vms);
    // All at once, and each opened by itself.
    const checked = await run(['check', recordings]);
    expect(checked.stdout + checked.stderr, `seed ${seed}`).toMatch(/0 violations/);
    const listed = await run(['ls', recordings, '--json']);
    expect(listed.stdout.match(/"type":"recording"/g)).toHaveLength(files.length);
    expect(listed.stdout).not.toMatch(/"unreadable"/);
  },
  60_000 + kills * vms * 1_000 + vms * 5_000,
);

/** Waits until this process answers as the host. */
async function ready(recordings: string, pid: number): Promise<void> {
  await until(`host ${pid} to answer`, async () => {
    const answers = await askHost(controlSocket(recordings), { ask: 'vms' }).catch(() => []);
    const end = answers.at(-1);
    return end?.type === 'end' && end.pid === pid;
  });
}
