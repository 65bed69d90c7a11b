/** One recorder for all VMs of a real libvirt, none of them edited; it may die, and no VM is lost. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { decisionsFolder } from '../../src/launch/host/control.js';
import { libvirtHook } from '../../src/launch/host/install/libvirt-hook.js';
import { hostProcess } from '../support/host.js';
import { Libvirt } from '../support/libvirt.js';
import { run, type Running, start } from '../support/process.js';
import { findProgram, labTest } from '../support/programs.js';
import { until } from '../support/until.js';

const programs = ['libvirtd', 'virsh', 'qemu-system-x86_64', 'qemu-img', 'unshare', 'nsenter'];
const test = labTest(...programs);
const usable = programs.every((program) => findProgram(program) !== undefined);

/** Each starts several VMs and daemons. */
const patience = 180_000;

describe('host, with libvirt', () => {
  let libvirt: Libvirt;

  beforeAll(async () => {
    if (!usable) return;
    libvirt = await Libvirt.start();
    for (const name of ['web1', 'web2', 'a-name-longer-than-twenty', 'private1'])
      await libvirt.define(name, findProgram('qemu-system-x86_64') ?? '');
  });

  afterAll(async () => {
    if (usable) await libvirt[Symbol.asyncDispose]();
  });

  /** Where libvirt's daemon is, and with its folders. */
  async function startHost(recordings: string, ...flags: readonly string[]): Promise<Running> {
    const host = start('nsenter', [
      ...['--mount', '--net', '--target', String(libvirt.pid), process.execPath, resolve('dist/cli/main.js')],
      ...['host', '--recordings', recordings, ...flags],
    ]);
    await host.says(/Ctrl-C ends/);
    return host;
  }

  /** With its hook, libvirt is never faster. Gives the file that tells what the hook did. */
  async function installHook(recordings: string): Promise<string> {
    const [trace, hooks] = [join(libvirt.files, 'trace'), join(libvirt.folder, 'etc/hooks/qemu.d')];
    mkdirSync(hooks, { recursive: true });
    const traced = libvirtHook(recordings).replace('\n', `\nexec 2>> ${trace}\nset -x\n`);
    writeFileSync(join(hooks, 'qmptap'), traced, { mode: 0o755 });
    await restartDaemon(); // it looks for hooks when it starts
    return trace;
  }

  async function restartDaemon(...running: readonly string[]): Promise<void> {
    await libvirt.kill();
    await libvirt.begin();
    for (const name of running)
      await until(
        `${name} to run`,
        async () => (await libvirt.try('domstate', name)).stdout.trim() === 'running',
      );
  }

  /** All that is left of ours in the folders of libvirt. */
  const leftovers = (): string[] =>
    ['lib', 'run'].flatMap((folder) =>
      readdirSync(join(libvirt.folder, folder), { recursive: true, encoding: 'utf8' }).filter((path) =>
        path.includes('qmptap'),
      ),
    );

  const command = (name: string, text: string): Promise<string> =>
    libvirt.virsh('qemu-monitor-command', name, `{"execute":"${text}"}`);

  const show = async (recordings: string, name: string, ...filter: readonly string[]): Promise<string> => {
    // Those that begin within the same second are numbered.
    const named = new RegExp(`-${name}(?:-\\d+)?\\.qmptap$`);
    const files = readdirSync(recordings).filter((file) => named.test(file));
    const shown = await Promise.all(files.map((file) => run(['show', join(recordings, file), ...filter])));
    return shown.map(({ stdout }) => stdout).join('');
  };

  const hostEnds = async (recordings: string): Promise<void> => {
    await until('the host to end', () => hostProcess(recordings) === undefined);
  };

  test(
    'VMs are started, saved, restored and destroyed, two at once: all are recorded from the first byte',
    async () => {
      const recordings = join(libvirt.files, 'all');
      await installHook(recordings);
      const host = await startHost(recordings, '--json', '--exclude', 'private*');
      await Promise.all(['web1', 'web2'].map((name) => libvirt.virsh('start', name)));
      await libvirt.virsh('start', 'a-name-longer-than-twenty');
      await libvirt.virsh('start', 'private1');
      await command('web1', 'query-name');
      await libvirt.virsh('save', 'web1', join(libvirt.files, 'web1.saved'));
      await libvirt.virsh('restore', join(libvirt.files, 'web1.saved'));
      await libvirt.virsh('dump', '--memory-only', 'web2', join(libvirt.files, 'web2.memory'));
      for (const name of ['web1', 'web2', 'a-name-longer-than-twenty', 'private1'])
        await libvirt.virsh('destroy', name);
      await until('all VMs to be told of as ended', () => host.stdout().match(/"ended"/g)?.length === 4);
      expect(host.stdout()).not.toMatch(/private1|"direct"/);
      expect(leftovers()).toEqual([]);
      host.signal('SIGINT');
      expect(await host.ended).toBe(130);
      await hostEnds(recordings);

      expect(await show(recordings, 'web1', 'cmd:query-name kind:success')).toMatch(/"web1"/);
      expect(await show(recordings, 'web1', '--raw', 'kind:greeting')).toMatch(/"QMP"[^]*"QMP"/);
      expect(await show(recordings, 'web2', 'fds>0')).toMatch(/getfd|add-fd/);
      const whole = await show(recordings, 'a-name-longer-than-twenty', '--json', 'kind:greeting');
      expect(whole).toMatch(/"label":"a-name-longer-than-twenty"/);
      expect(whole).toMatch(/qemu-system-x86_64 -name guest=a-name-longer-than-twenty/);
      const listed = await run(['ls', recordings]);
      expect(listed.stdout.trim().split('\n')).toHaveLength(1 + 4);
      for (const file of readdirSync(recordings).filter((name) => name.endsWith('.qmptap'))) {
        const checked = await run(['check', join(recordings, file)]);
        expect(checked.stdout + checked.stderr).toMatch(/0 violations/);
      }
    },
    patience,
  );

  test(
    'VMs that run are recorded from the next connection on; leaving gives libvirt its own sockets again',
    async () => {
      const recordings = join(libvirt.files, 'running');
      await libvirt.virsh('start', 'web1');
      const pid = libvirt.qemuPid('web1');
      const host = await startHost(recordings);
      await host.says(/1 VM recorded from the next connection on/);
      await restartDaemon('web1');
      await host.says(/web1: recorded in/);
      await command('web1', 'query-status');
      const left = await run(['host', 'leave', '--recordings', recordings]);
      expect(left.stderr).toMatch(
        /all paths are given back; still open, and recorded to the end: [12] session/,
      );
      expect(leftovers()).toEqual([]);
      await command('web1', 'query-uuid');
      await restartDaemon('web1');
      expect(await host.ended).toBe(0);
      await command('web1', 'query-status');
      expect(libvirt.qemuPid('web1')).toBe(pid);
      process.kill(pid, 0);
      expect(await show(recordings, 'web1', 'cmd:query-uuid kind:success')).not.toBe('');
      await libvirt.virsh('destroy', 'web1');
    },
    patience,
  );

  test(
    "libvirt's hook lets the path be taken before QEMU is started, and lets a VM start without an answer",
    async () => {
      const recordings = join(libvirt.files, 'hooked');
      const trace = await installHook(recordings);
      const host = await startHost(recordings, '--json');
      await libvirt.virsh('start', 'web1');
      expect(readFileSync(trace, 'utf8')).toMatch(
        /\[ -e .*hooked\/\.host\/decided\/domain-\d+-web1 \]\n\+ exit 0/,
      );
      await until('web1 to be recorded', () => /"web1","state":"recorded"/.test(host.stdout()));
      await libvirt.virsh('destroy', 'web1');
      await until('its end', () => /"web1","state":"ended"/.test(host.stdout()));
      expect(readdirSync(decisionsFolder(recordings))).toEqual([]);

      // The host hangs: the VM starts all the same, and libvirt talks to it directly.
      const pid = hostProcess(recordings) ?? 0;
      process.kill(pid, 'SIGSTOP');
      await libvirt.virsh('start', 'web1');
      expect(readFileSync(trace, 'utf8')).toMatch(/left=0/);
      process.kill(pid, 'SIGCONT');
      await until('web1 to be told of', () => /"web1","state":"direct"/.test(host.stdout()));
      await command('web1', 'query-status');
      await libvirt.virsh('destroy', 'web1');
      host.signal('SIGINT');
      expect(await host.ended).toBe(130);
      expect(leftovers()).toEqual([]);
    },
    patience,
  );

  test(
    'kill -9 of the host, again and again under traffic, loses no VM',
    async () => {
      const recordings = join(libvirt.files, 'killed');
      const host = await startHost(recordings);
      await Promise.all(['web1', 'web2'].map((name) => libvirt.virsh('start', name)));
      const pids = ['web1', 'web2'].map((name) => libvirt.qemuPid(name));
      for (let kills = 0; kills < 5; kills++) {
        const killed = await until('a host', () => hostProcess(recordings));
        const commands = ['web1', 'web2'].map((name) => libvirt.virsh('domblkstat', name, 'vda'));
        process.kill(killed, 'SIGKILL');
        await Promise.all(commands);
        await until('another host', () => hostProcess(recordings, killed));
      }
      expect(['web1', 'web2'].map((name) => libvirt.qemuPid(name))).toEqual(pids);
      // libvirtd comes anew while there is no host: its connections are closed, and QEMU's would be left over.
      const killed = await until('a host', () => hostProcess(recordings));
      process.kill(killed, 'SIGKILL');
      await restartDaemon('web1', 'web2');
      await until('another host', () => hostProcess(recordings, killed));
      await Promise.all(['web1', 'web2'].map((name) => command(name, 'query-name')));
      for (const name of ['web1', 'web2']) await libvirt.virsh('destroy', name);
      await run(['host', 'leave', '--recordings', recordings]);
      await hostEnds(recordings);
      expect(leftovers()).toEqual([]);
      expect(existsSync(join(recordings, '.host', 'paths.jsonl'))).toBe(false);
      expect(await show(recordings, 'web1', 'cmd:query-name kind:success')).toMatch(/"web1"/);
      expect(host.stderr()).not.toMatch(/internal error/);
    },
    patience,
  );
});
