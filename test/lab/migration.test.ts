/** A VM that is migrated from one libvirt to another, recorded on both: everything works, and both recordings tell it. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { collectStories } from '../../src/inspect/stories/stories.js';
import { openRecording } from '../../src/store/index/open.js';
import { Libvirt, processesOf } from '../support/libvirt.js';
import { run } from '../support/process.js';
import { findProgram, labTest } from '../support/programs.js';
import { until } from '../support/until.js';

const test = labTest('libvirtd', 'virsh', 'qemu-system-x86_64', 'qemu-img', 'unshare', 'bash');

test('a VM migrates while both its QEMUs are recorded', async () => {
  await using from = await Libvirt.start();
  await using to = await Libvirt.start();
  const recordings = join(from.files, 'recordings');
  const emulator = join(from.files, 'emulator');
  const qemu = findProgram('qemu-system-x86_64') ?? '';
  expect(await run(['emulator', emulator, '--qemu', qemu, '--recordings', recordings])).toMatchObject({
    code: 0,
  });
  await from.define('moves', emulator);
  await from.virsh('start', 'moves');
  const uris = [to.uri, '--migrateuri', `unix://${to.files}/migration`];
  await from.virsh('migrate', '--live', '--unsafe', 'moves', ...uris);
  expect((await from.virsh('domstate', 'moves')).trim()).toBe('shut off');
  expect((await to.virsh('domstate', 'moves')).trim()).toBe('running');
  await to.virsh('destroy', 'moves');
  await until('the recorders to end', () => processesOf(recordings).length === 0);

  const files = readdirSync(recordings).map((name) => join(recordings, name));
  expect(files.filter((file) => !file.endsWith('.qmptap') && existsSync(file))).toEqual([]);
  const stories = files.sort().map((file) => {
    using recording = openRecording(file);
    return collectStories(recording).map(({ kind, name, outcome }) => [kind, name, outcome].join(' '));
  });
  expect(stories).toHaveLength(2);
  expect(stories.flat()).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^migration (?:fd|unix):\S+ success$/),
      expect.stringMatching(/^migration incoming .*success$/),
    ]),
  );
  for (const file of files) expect(await run(['check', file])).toMatchObject({ code: 0 });
}, 120_000);
