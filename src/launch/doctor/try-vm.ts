/**
 * Proves that a host records what libvirt starts, by a VM that is made for it: without a disk, with its processor
 * stopped, gone with its end. Whatever happens, it is destroyed.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openRecording } from '../../store/index/open.js';
import { askHost } from '../host/control-client.js';
import { controlSocket, type VmAnswer } from '../host/control.js';
import type { Finding } from './finding.js';

export interface TryOptions {
  /** libvirt's address; without it virsh's own choice. */
  readonly connect?: string | undefined;
  /** The folders that a host may record into: the first in which one does is asked. */
  readonly recordings: readonly string[];
  /** Ends it early; the VM is destroyed all the same. */
  readonly signal: AbortSignal;
  /** Told of each thing as it is found out. */
  readonly found: (finding: Finding) => void;
}

/** How long libvirt may take to start or to end a VM that has nothing, ms. */
const virshPatienceMs = 60_000;
/** How long a host may take to see its client, ms. */
const hostPatienceMs = 10_000;
const lookEveryMs = 50;
/** Of what virsh says, in characters. */
const longestReason = 2_000;

/** Resolves when the VM is gone. Never rejects. */
export async function tryVm(options: TryOptions): Promise<void> {
  const { connect, found, signal } = options;
  const recordings = await hostIn(options.recordings);
  if (recordings === undefined) {
    const what = `no host records into ${options.recordings.join(' or ')}`;
    found({ state: 'bad', what, remedy: 'start one: qmptap host, or as a service: qmptap host install' });
    return;
  }
  found({ state: 'good', what: `a host records into ${recordings}` });
  const name = `qmptap-doctor-${process.pid}`;
  const virsh = virshOf(connect);
  const folder = mkdtempSync(join(tmpdir(), 'qmptap-doctor-'));
  let started = false;
  try {
    const xml = join(folder, 'domain.xml');
    writeFileSync(xml, domainXml(name));
    const created = await virsh(['create', '--paused', xml]);
    if (created.failed !== undefined) {
      found({
        state: 'bad',
        what: `libvirt starts no VM: ${created.failed}`,
        remedy: mendOf(created.failed),
      });
      return;
    }
    started = true;
    found({ state: 'good', what: `libvirt has started the VM ${name}, which has no disk` });
    if (!signal.aborted) found(await seenBy(recordings, name, signal));
  } finally {
    rmSync(folder, { recursive: true, force: true });
    // Also if it is not known whether it was started.
    await virsh(['destroy', `--domain=${name}`]);
    const left = await virsh(['domstate', `--domain=${name}`]);
    if (left.failed === undefined)
      found({ state: 'bad', what: `${name} is left`, remedy: `virsh destroy ${name}` });
    else if (started) found({ state: 'good', what: `${name} is destroyed` });
  }
}

/** The first of the folders with a host that answers. */
async function hostIn(folders: readonly string[]): Promise<string | undefined> {
  for (const folder of folders) {
    if ((await vmsIn(folder)) !== undefined) return folder;
  }
  return undefined;
}

async function vmsIn(folder: string): Promise<readonly VmAnswer[] | undefined> {
  try {
    const answers = await askHost(controlSocket(folder), { ask: 'vms' });
    return answers.flatMap((answer) => (answer.type === 'vm' ? answer : []));
  } catch {
    return undefined;
  }
}

/** Waits until the host tells what has become of the VM. */
async function seenBy(recordings: string, name: string, signal: AbortSignal): Promise<Finding> {
  const end = performance.now() + hostPatienceMs;
  let vm: VmAnswer | undefined;
  while (performance.now() < end && !signal.aborted) {
    vm = (await vmsIn(recordings))?.find(({ label }) => label === name);
    if (vm?.state === 'direct' || (vm?.file !== undefined && answered(vm.file))) break;
    await sleep(lookEveryMs);
  }
  if (vm?.state === 'direct') {
    return {
      state: 'bad',
      what: `the host was too late, and the VM is not recorded: ${vm.reason ?? ''}`,
      remedy: "libvirt's hook makes it wait: qmptap host install, then restart libvirt's daemon",
    };
  }
  if (vm?.file !== undefined) {
    return answered(vm.file)
      ? { state: 'good', what: `it is recorded from its first byte, in ${vm.file}` }
      : { state: 'bad', what: `nothing comes into its recording, ${vm.file}`, remedy: 'qmptap check it' };
  }
  return {
    state: 'bad',
    what: vm === undefined ? 'the host has not seen the VM' : 'libvirt has not connected through the host',
    remedy:
      vm === undefined
        ? "is it to be left out (--include, --exclude)? is this the libvirt whose VMs it records? may it read libvirt's folders (run it as root)?"
        : "may libvirt's daemon connect to its socket (SELinux: allow it connectto)?",
  };
}

/** Whether the server has greeted, and has answered a command. */
function answered(file: string): boolean {
  try {
    using reader = openRecording(file);
    const kinds = new Set(Array.from(reader.messages({ limit: 10 }), ({ kind }) => kind));
    return kinds.has('greeting') && kinds.has('success');
  } catch {
    return false; // it is only just begun
  }
}

/** What to do, by what libvirt says. */
function mendOf(why: string): string {
  if (/connect|socket|refused|no such file/i.test(why))
    return "start libvirt's daemon (systemctl start libvirtd, or virtqemud), or name another one with --connect";
  if (/permission|denied|authentication/i.test(why)) return 'run as root, or as a user who may use libvirt';
  if (/emulator|domain type|machine/i.test(why)) return 'install QEMU for this machine (qemu-system-x86)';
  if (/ENOENT/.test(why)) return "install libvirt's client, virsh";
  return "libvirt's log tells more: journalctl -u libvirtd -u virtqemud";
}

/** Nothing that a VM can do without. */
function domainXml(name: string): string {
  const [arch, machine] = process.arch === 'arm64' ? ['aarch64', 'virt'] : ['x86_64', 'pc'];
  return `<domain type='qemu'>
<name>${name}</name><memory unit='MiB'>32</memory><vcpu>1</vcpu>
<os><type arch='${arch}' machine='${machine}'>hvm</type></os>
<on_poweroff>destroy</on_poweroff><on_reboot>destroy</on_reboot><on_crash>destroy</on_crash>
<devices><controller type='usb' model='none'/><memballoon model='none'/></devices>
</domain>
`;
}

/** `failed`: why, in one line. */
type Virsh = (words: readonly string[]) => Promise<{ readonly failed: string | undefined }>;

function virshOf(connect: string | undefined): Virsh {
  const at = connect === undefined ? [] : ['-c', connect];
  return (words) =>
    new Promise((resolve) => {
      // In a process group of its own: a Ctrl-C that ends us must not end what destroys the VM.
      const child = spawn('virsh', ['-q', ...at, ...words], {
        ...{ detached: true, timeout: virshPatienceMs, stdio: ['ignore', 'ignore', 'pipe'] },
        env: { ...process.env, LC_ALL: 'C' },
      });
      let said = '';
      child.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-longestReason)));
      child.once('error', (error) => {
        resolve({ failed: `virsh cannot be run (${error.message})` });
      });
      child.once('close', (code, signal) => {
        const why = said
          .replace(/^error: /gm, '')
          .trim()
          .replace(/\s*\n\s*/g, ': ');
        resolve({
          failed: code === 0 ? undefined : why === '' ? `virsh ended with ${code ?? signal ?? ''}` : why,
        });
      });
    });
}
