/** What the inspection says of real lives of a VM under libvirt, recorded by the emulator. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished } from 'vitest';
import { diffRecordings } from '../../src/inspect/diff/diff-recordings.js';
import { checkCommand } from '../../src/inspect/schema/schema-check.js';
import { findSchema } from '../../src/inspect/schema/schemas.js';
import { collectStories, type Story } from '../../src/inspect/stories/stories.js';
import type { RecordingReader } from '../../src/recording/ports.js';
import { openRecording } from '../../src/store/index/open.js';
import { createDisk, Libvirt } from '../support/libvirt.js';
import { findProgram, labTest } from '../support/programs.js';
import { until } from '../support/until.js';

const programs = ['libvirtd', 'virsh', 'qemu-system-x86_64', 'qemu-img', 'unshare', 'bash'];
const test = labTest(...programs);
const usable = programs.every((program) => findProgram(program) !== undefined);

describe('the life of a VM', () => {
  let libvirt: Libvirt;
  let recordings: string;

  beforeAll(async () => {
    if (!usable) return;
    libvirt = await Libvirt.start();
    recordings = join(libvirt.folder, 'recordings');
    const path = join(libvirt.folder, 'emulator');
    const flags = ['--qemu', '/usr/bin/qemu-system-x86_64', '--recordings', recordings, '--probe'];
    const { status, stderr } = spawnSync(process.execPath, ['dist/cli/main.js', 'emulator', path, ...flags]);
    expect(stderr.toString()).not.toContain('error');
    expect(status).toBe(0);
    await libvirt.define('vm', path);
  }, 180_000);

  afterAll(async () => {
    if (usable) await libvirt[Symbol.asyncDispose]();
  }, 60_000);

  /** Runs virsh commands on the VM, ends it, and gives the recordings of its starts. */
  async function life(...commands: readonly (readonly string[])[]): Promise<RecordingReader[]> {
    const known = new Set(files());
    for (const command of [['start', 'vm'], ...commands, ['destroy', 'vm']]) await libvirt.try(...command);
    const fresh = (): string[] => files().filter((file) => !known.has(file));
    await until(
      'the recordings to be finished',
      () => !fresh().some((file) => existsSync(`${file}-journal`)),
    );
    return fresh().map((file) => {
      const reader = openRecording(file);
      onTestFinished(() => {
        reader.close();
      });
      return reader;
    });
  }

  function files(pattern = /-vm(?:-\d+)?\.qmptap$/): string[] {
    if (!existsSync(recordings)) return [];
    const names = readdirSync(recordings).filter((name) => pattern.test(name));
    return names.sort().map((name) => join(recordings, name));
  }

  const known = ({ kind, name, outcome }: Story): string => [kind, name, outcome].filter(Boolean).join(' ');

  test('has its stories: an attach and a removal that is never answered, a copy, a save and a restore', async () => {
    const disk = join(libvirt.files, 'more.qcow2');
    await createDisk(disk);
    const [first, restored] = await life(
      ['attach-disk', 'vm', disk, 'vdb', '--driver', 'qemu', '--subdriver', 'qcow2'],
      ['detach-disk', 'vm', 'vdb'],
      ['blockcopy', 'vm', 'vda', join(libvirt.files, 'copy.qcow2'), '--wait', '--transient-job'],
      ['blockjob', 'vm', 'vda', '--abort'],
      ['save', 'vm', join(libvirt.files, 'saved')],
      ['restore', join(libvirt.files, 'saved')],
    );
    const stories = collectStories(first!);
    expect(stories.map(known)).toEqual([
      'device removal virtio-disk1 unfinished',
      expect.stringMatching(/^job create-.* success$/),
      expect.stringMatching(/^job copy-vda-.* (?:success|cancelled)$/),
      'pause success',
      'migration fd:migrate success',
    ]);
    for (const { start, end, duration } of stories.filter((story) => story.kind !== 'pause')) {
      expect(first!.message(start.session, start.seq)?.t).toBe(start.t);
      if (end === undefined) continue;
      expect(first!.message(end.session, end.seq)?.t).toBe(end.t);
      expect(duration).toBe(end.t - start.t);
    }
    expect(collectStories(restored!).map(known)).toContainEqual(
      expect.stringMatching(/^migration incoming .*success$/),
    );
  }, 120_000);

  test('is the same twice, and another on another type of machine', async () => {
    const [first] = await life();
    const [second] = await life();
    const same = diffRecordings(first!, second!);
    expect(same.sessions.flatMap(({ entries }) => entries)).toEqual([]);
    expect(same.same).toBe(true);
    expect(same.sessions[0]!.exchanges.same).toBeGreaterThan(10);

    const xml = join(libvirt.files, 'vm.xml');
    writeFileSync(xml, readFileSync(xml, 'utf8').replace("machine='pc'", "machine='q35'"));
    await libvirt.virsh('undefine', 'vm');
    await libvirt.virsh('define', xml);
    const [other] = await life();
    const { exchanges, entries } = diffRecordings(first!, other!).sessions[0]!;
    expect(exchanges.same).toBeGreaterThan(10);
    expect(entries.length).toBeGreaterThan(0);
    const names = new Set(entries.map(({ name }) => name));
    expect([...names]).toContain('qom-list');
    expect(names).not.toContain('query-status');
  }, 120_000);

  test('fits the schema that libvirt asked for when it probed', () => {
    const probing = openRecording(files(/probing.*\.qmptap$/)[0]!);
    onTestFinished(() => {
      probing.close();
    });
    const schema = findSchema(probing, 1)!;
    expect(schema.commands.size).toBeGreaterThan(150);
    let commands = 0;
    for (const file of files()) {
      const reader = openRecording(file);
      for (const message of reader.messages({ where: { op: 'glob', field: 'kind', glob: 'command' } })) {
        commands += 1;
        expect(checkCommand(schema, message).filter(({ issue }) => issue === 'wrong')).toEqual([]);
      }
      reader.close();
    }
    expect(commands).toBeGreaterThan(50);
  });
});
