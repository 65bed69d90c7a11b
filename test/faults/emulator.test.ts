/** A VM that an emulator has started goes on, whatever becomes of its recorder. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, closeSync, constants, openSync, readdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished } from 'vitest';
import { checkMessages } from '../../src/inspect/check.js';
import type { Direction } from '../../src/recording/message.js';
import { openRecording } from '../../src/store/index/open.js';
import { highWater } from '../../src/transport/stream.js';
import { ClientEnd } from '../support/fault-rig.js';
import { testFolder } from '../support/folder.js';
import { commandLineOf, Libvirt, processesOf, recorderOf } from '../support/libvirt.js';
import { findProgram, labTest } from '../support/programs.js';
import { smallMachine } from '../support/qemu.js';
import { rootTest, smallDisk } from '../support/small-disk.js';
import { rawListener } from '../support/streams.js';
import { until } from '../support/until.js';

const qemu = 'qemu-system-x86_64';
const lab = ['libvirtd', 'virsh', qemu, 'qemu-img', 'unshare', 'bash', 'mkfifo'];
/** Some 200 kB. */
const large = 'query-qmp-schema';
const kills = 5;
/** What went with a recorder may begin with so many bytes like what came after it, and so be taken for that. */
const alike = 1000;

/** Writes an emulator that records into a folder. */
function writeEmulator(folder: string, recordings: string): string {
  const path = join(folder, 'emulator');
  const words = ['emulator', path, '--qemu', findProgram(qemu) ?? '', '--recordings', recordings];
  expect(spawnSync(process.execPath, ['dist/cli/main.js', ...words]).status).toBe(0);
  return path;
}

/** The recorder of the one VM that records there, once its keeper holds the session's sockets. */
function keptRecorder(recordings: string): number | undefined {
  const keepers = processesOf(recordings)
    .map(commandLineOf)
    .filter((one) => one.includes('qmptap-keeper'));
  // A keeper is two processes; while one is exchanged for another there are four.
  const whole = keepers.length === 2 && keepers.every((one) => one.includes('"sessions":1'));
  return whole ? recorderOf(recordings) : undefined;
}

const nobodyLeft = (recordings: string): Promise<unknown> =>
  until('the recorders to end', () => processesOf(recordings).length === 0);

/** The recordings of one VM, each going on from the one before. */
function chain(recordings: string): string[] {
  const before = new Map<string | undefined, string>();
  for (const name of readdirSync(recordings).filter((one) => one.endsWith('.qmptap'))) {
    const file = join(recordings, name);
    using reader = openRecording(file);
    const [, previous] = /^goes on from (.*), whose recorder/.exec(reader.sessions()[0]!.notes[0]!) ?? [];
    before.set(previous, file);
  }
  const files: string[] = [];
  for (let file = before.get(undefined); file !== undefined; file = before.get(file)) files.push(file);
  expect(files).toHaveLength(before.size);
  return files;
}

/** Nothing is wrong with the file, nor with what is said in it. */
function expectSound(file: string): void {
  using reader = openRecording(file);
  expect([...reader.damage()]).toEqual([]);
  expect([...checkMessages(reader)].filter(({ severity }) => severity === 'violation')).toEqual([]);
}

/**
 * Where in `all` the recording's bytes of a direction end, which are there in one piece, from `from` on. What the
 * recorder held for a peer that was slower has gone with it.
 */
function placeOf(file: string, dir: Direction, all: Buffer, from: number): number {
  using reader = openRecording(file);
  const kept = Buffer.concat(
    [...reader.messages({ where: { op: 'glob', field: 'dir', glob: dir } })].map(({ raw }) => raw),
  );
  const begin = Math.max(0, from - alike);
  let [there, lost] = [0, kept.length + 1];
  while (lost - there > 1) {
    const middle = Math.floor((there + lost) / 2);
    if (all.includes(kept.subarray(0, middle), begin)) there = middle;
    else lost = middle;
  }
  expect(kept.length - there, `${file}: lost of ${dir}`).toBeLessThan(2 * highWater);
  return all.indexOf(kept.subarray(0, there), begin) + there;
}

describe('kill -9 of the recorder, several times, under load', () => {
  labTest(qemu, 'bash')('a keeper takes over each time, and each file holds its part', async () => {
    const [folder, recordings] = [testFolder(), join(testFolder(), 'recordings')];
    const monitor = join(folder, 'monitor.sock');
    // As libvirt does it: the emulator gets the monitor as a listening socket.
    const listener = rawListener(monitor, 1);
    const chardev = 'socket,id=m,fd=3,server=on,wait=off';
    const words = [...smallMachine, '-chardev', chardev, '-mon', 'm,mode=control'];
    const vm = spawn(writeEmulator(folder, recordings), words, {
      stdio: ['ignore', 'pipe', 'pipe', listener],
    });
    closeSync(listener);
    let log = '';
    vm.stderr!.on('data', (chunk: Buffer) => (log += chunk.toString()));
    onTestFinished(async () => {
      vm.kill('SIGKILL');
      await nobodyLeft(recordings);
    });
    const socket = connect({ path: monitor, allowHalfOpen: true });
    await once(socket, 'connect');
    const client = new ClientEnd(socket);
    client.command();
    await client.settled();
    for (let kill = 1; kill <= kills; kill++) {
      const recorder = await until('a recorder with a keeper', () => keptRecorder(recordings));
      client.keepBusy(8);
      for (let n = 0; n < 5; n++) client.command(large);
      const bytes = client.received.length + Math.floor(Math.random() * 1e6);
      await until('some traffic', () => client.received.length > bytes);
      process.kill(recorder, 'SIGKILL');
      await until('another recorder', () => log.match(/was killed; the VM goes on/g)?.length === kill);
    }
    await until('a recorder with a keeper', () => keptRecorder(recordings));
    const answers = client.answers;
    client.keepBusy(1);
    await until('answers', () => client.answers > answers + 20);
    expect(client.closed).toBe(false);
    client.command('quit');
    await until('the end', () => vm.exitCode === 0);
    await nobodyLeft(recordings);
    const answered =
      client.received
        .bytes()
        .toString('latin1')
        .match(/"id": \d+(?=\}\r\n)/g) ?? [];
    expect(answered, 'no command was given twice').toHaveLength(new Set(answered).size);
    const files = chain(recordings);
    expect(files).toHaveLength(kills + 1);
    const place = { c2s: 0, s2c: 0 };
    for (const file of files) {
      expectSound(file);
      place.c2s = placeOf(file, 'c2s', client.sent.bytes(), place.c2s);
      place.s2c = placeOf(file, 's2c', client.received.bytes(), place.s2c);
    }
    expect(place.s2c).toBe(client.received.length);
  });

  rootTest(
    'a VM of libvirt lives on',
    async () => {
      await using libvirt = await Libvirt.start();
      const recordings = join(libvirt.files, 'recordings');
      await libvirt.define('killed', writeEmulator(libvirt.files, recordings));
      await libvirt.virsh('start', 'killed');
      const pid = libvirt.qemuPid('killed');
      let answers = 0;
      let over = false;
      const ask = async (): Promise<void> => {
        for (let n = 0; !over; n++) {
          const command = `{"execute":"${n % 3 === 0 ? large : 'query-status'}"}`;
          const { code } = await libvirt.try('qemu-monitor-command', 'killed', command);
          if (code === 0) answers += 1;
        }
      };
      const asking = [ask(), ask()];
      for (let kill = 1; kill <= 3; kill++) {
        const recorder = await until('a recorder with a keeper', () => keptRecorder(recordings));
        const before = answers;
        await until('an answer', () => answers > before);
        process.kill(recorder, 'SIGKILL');
        await until('another recorder', () => {
          return libvirt.log('killed').match(/was killed; the VM goes on/g)?.length === kill;
        });
        const after = answers;
        // The answer that was passing through may be lost; then the user is told to do this.
        await until('an answer', () => answers > after + 2, 5_000).catch(async () => {
          await libvirt.kill();
          await libvirt.begin();
        });
        expect(libvirt.qemuPid('killed')).toBe(pid);
      }
      over = true;
      await Promise.all(asking);
      expect(await libvirt.virsh('domstate', 'killed')).toContain('running');
      await libvirt.virsh('destroy', 'killed');
      await nobodyLeft(recordings);
      const files = chain(recordings);
      expect(files).toHaveLength(4);
      files.forEach(expectSound);
    },
    lab,
  );
});

describe('a disk that is full, and a log that nobody reads any more', () => {
  rootTest(
    'end the recording, not the VM',
    async () => {
      const recordings = smallDisk(1500);
      await using libvirt = await Libvirt.start();
      const log = join(libvirt.files, 'log');
      expect(spawnSync('mkfifo', [log]).status).toBe(0);
      const reader = openSync(log, constants.O_RDWR);
      const logged = join(libvirt.files, 'logged');
      const emulator = writeEmulator(libvirt.files, recordings);
      writeFileSync(logged, `#!/bin/bash\nexec 2>'${log}' '${emulator}' "$@"\n`);
      chmodSync(logged, 0o755);
      await libvirt.define('full', logged);
      await libvirt.virsh('start', 'full');
      const pid = libvirt.qemuPid('full');
      const recorder = await until('a recorder with a keeper', () => keptRecorder(recordings));
      closeSync(reader);
      for (let n = 0; n < 12; n++) {
        await libvirt.virsh('qemu-monitor-command', 'full', `{"execute":"${large}"}`);
      }
      expect(await libvirt.virsh('domstate', 'full')).toContain('running');
      expect(libvirt.qemuPid('full')).toBe(pid);
      expect(keptRecorder(recordings)).toBe(recorder);
      await libvirt.virsh('destroy', 'full');
      await nobodyLeft(recordings);
      // Only now: a disk may be full before the session has its row.
      const [file] = chain(recordings);
      expectSound(file!);
      using recording = openRecording(file!);
      expect(recording.info.incomplete).toBe('no space left on the disk');
      expect(recording.sessions()).toMatchObject([{ label: 'full' }]);
    },
    lab,
  );
});
