/**
 * What libvirt does to VMs whose QEMU is recorded, and then to one that is replayed where there is no QEMU: prints each operation
 * with its seconds and messages. Needs root, libvirt and QEMU. Those of another Debian suite are taken by
 * `npm run lab:newest -- SUITE -- node --import tsx test/lab/figures.ts`. An operation that fails ends it.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openRecording } from '../../src/store/index/open.js';
import { tableLines } from '../../src/text/table.js';
import { createDisk, Libvirt, processesOf } from '../support/libvirt.js';
import { findProgram } from '../support/programs.js';
import { until } from '../support/until.js';

const rows: string[][] = [];
await using libvirt = await Libvirt.start();
await using other = await Libvirt.start();
const recordings = file('recordings');
const emulator = file('emulator');

writeEmulator('--qemu', findProgram('qemu-system-x86_64') ?? 'qemu-system-x86_64');
await timed('probing', () => libvirt.define('vm', emulator));
await measure('start', 'start', 'vm');
await createDisk(file('more.qcow2'));
await measure('hotplug of a disk', 'attach-disk', 'vm', file('more.qcow2'), 'vdb', '--subdriver', 'qcow2');
const nic = written('nic.xml', "<interface type='user'><model type='virtio'/></interface>");
await measure('hotplug of a network card', 'attach-device', 'vm', nic);
const copy = ['--dest', file('copy.qcow2'), '--wait', '--transient-job', '--pivot'];
await measure('blockcopy', 'blockcopy', 'vm', 'vda', ...copy);
const disk = `<disk name='vda' type='file'><target file='${file('backup')}'/></disk>`;
const backup = written(
  'backup.xml',
  `<domainbackup><disks>${disk}<disk name='vdb' backup='no'/></disks></domainbackup>`,
);
await measure('backup', 'backup-begin', 'vm', backup);
await measure('unplugging the disk', 'detach-disk', 'vm', 'vdb');
await measure('snapshot', 'snapshot-create-as', 'vm', 'first');
await measure('dump', 'dump', '--memory-only', 'vm', file('dump'));
await measure('save', 'save', 'vm', file('saved'));
await measure('restore', 'restore', file('saved'));
const target = [other.uri, '--migrateuri', `unix://${other.files}/migration`];
await libvirt.virsh('snapshot-delete', 'vm', 'first', '--metadata'); // a VM with snapshots does not migrate
await measure('migration, both sides', 'migrate', '--live', '--unsafe', 'vm', ...target);
await other.virsh('destroy', 'vm');

await libvirt.define('short', emulator);
await measure('start of another', 'start', 'short');
await measure('its end', 'destroy', 'short');
await until('the recorders to end', () => processesOf(recordings).length === 0);
await libvirt.kill();
libvirt.hideQemu();
writeEmulator('--replay');
await libvirt.begin();
await measure('probing, no QEMU', 'domcapabilities', '--emulatorbin', emulator);
await measure('start, no QEMU', 'start', 'short');
await measure('end, no QEMU', 'destroy', 'short');

const columns = [
  { title: 'operation' },
  { title: 'seconds', align: 'right' },
  { title: 'messages', align: 'right' },
] as const;
process.stdout.write(`${tableLines(columns, rows).join('\n')}\n`);

function file(name: string): string {
  return join(libvirt.files, name);
}

function written(name: string, text: string): string {
  writeFileSync(file(name), text);
  return file(name);
}

/** With `--qemu BIN` it records, with `--replay` it plays what was recorded. */
function writeEmulator(...flags: readonly string[]): void {
  const rest = flags.includes('--replay') ? [recordings] : ['--recordings', recordings, '--probe'];
  const args = ['dist/cli/main.js', 'emulator', emulator, ...flags, ...rest];
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}

/** An operation of virsh, and the job that a backup leaves behind. */
function measure(what: string, ...command: readonly string[]): Promise<void> {
  return timed(what, async () => {
    await libvirt.virsh(...command);
    if (command[0] === 'backup-begin')
      await until('the backup to end', async () =>
        (await libvirt.try('domjobinfo', 'vm')).stdout.includes('None'),
      );
  });
}

async function timed(what: string, work: () => Promise<unknown>): Promise<void> {
  const before = messages();
  const begin = performance.now();
  await work();
  const seconds = ((performance.now() - begin) / 1000).toFixed(2);
  const replayed = what.endsWith('no QEMU');
  if (!replayed) await settled();
  rows.push([what, seconds, replayed ? 'replayed' : String(messages() - before)]);
}

/** Waits until two looks, a recorder's patience apart, find the same. */
async function settled(): Promise<void> {
  let last = -1;
  await until('the recordings to be written', async () => {
    await new Promise((resolve) => setTimeout(resolve, 200));
    const now = messages();
    const same = now === last;
    last = now;
    return same;
  });
}

/** In all recordings, those that are being made too. */
function messages(): number {
  if (!existsSync(recordings)) return 0;
  let count = 0;
  for (const name of readdirSync(recordings).filter((each) => each.endsWith('.qmptap'))) {
    using recording = openRecording(join(recordings, name));
    count += [...recording.messages()].length;
  }
  return count;
}
