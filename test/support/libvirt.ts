/**
 * A libvirtd of a test's own: the system's daemon in a mount and a network namespace of its own, with its
 * own configuration, state, logs and sockets, so that one that runs on the machine is not touched. Needs
 * root; no systemd, no dbus.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  closeSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Guest } from './guest.js';
import { until } from './until.js';

export interface VirshResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const qemuConf = `security_driver = "none"
user = "root"
group = "root"
remember_owner = 0
stdio_handler = "file"
`;

/** Folders of the system's that the daemon is to see as its own. */
const places = {
  etc: '/etc/libvirt',
  lib: '/var/lib/libvirt',
  run: '/run/libvirt',
  log: '/var/log/libvirt',
  cache: '/var/cache/libvirt',
};

/** $1: the test's folder; $2: whether QEMU is hidden. */
const begin = `set -e
${Object.entries(places)
  .map(([name, place]) => `mkdir -p ${place} && mount --bind "$1/${name}" ${place}`)
  .join('\n')}
if [ "$2" = hidden ]; then for qemu in /usr/bin/qemu-system-* /usr/bin/kvm; do
  if [ -e "$qemu" ]; then mount --bind /bin/false "$qemu"; fi
done; fi
hostname "\${1##*-}" # a VM migrates to another host only
exec libvirtd --pid-file "$1/libvirtd.pid"
`;

export class Libvirt {
  readonly folder: string;
  /** VMs' emulators and disks go here. */
  readonly files: string;
  #qemu: 'hidden' | 'there' = 'there';
  #daemon: ChildProcess | undefined;

  private constructor(debug: boolean) {
    this.folder = mkdtempSync(join(tmpdir(), 'qmptap-lv-'));
    this.files = join(this.folder, 'files');
    for (const name of [...Object.keys(places), 'files']) mkdirSync(join(this.folder, name));
    writeFileSync(join(this.folder, 'etc/qemu.conf'), qemuConf);
    writeFileSync(
      join(this.folder, 'etc/libvirtd.conf'),
      `host_uuid = "${randomUUID()}"\nauth_unix_rw = "none"\nauth_unix_ro = "none"\nlog_outputs = "${debug ? 1 : 3}:file:${this.folder}/libvirtd.log"\n${debug ? 'log_filters = "1:qemu 3:*"\n' : ''}`,
    );
  }

  /** `debug`: the daemon logs all that it says to QEMU. */
  static async start({ debug = false }: { debug?: boolean } = {}): Promise<Libvirt> {
    const libvirt = new Libvirt(debug);
    await libvirt.begin();
    return libvirt;
  }

  /** Starts the daemon, which finds the VMs that run. */
  async begin(): Promise<void> {
    const log = openSync(join(this.folder, 'output.log'), 'a');
    const namespaces = ['--mount', '--net', '--uts', '--propagation', 'private'];
    const daemon = spawn('unshare', [...namespaces, 'sh', '-c', begin, 'sh', this.folder, this.#qemu], {
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    this.#daemon = daemon;
    await until('libvirtd to listen', async () => {
      if (daemon.exitCode !== null)
        throw new Error(`libvirtd ended: ${this.#read('output.log')}${this.#read('libvirtd.log')}`);
      return (await this.try('uri')).code === 0;
    });
  }

  /** From the next `begin` on, the daemon finds no QEMU on this machine. */
  hideQemu(): void {
    this.#qemu = 'hidden';
  }

  /** Kills the daemon as a crash would; VMs run on. */
  async kill(): Promise<void> {
    const daemon = this.#daemon;
    if (daemon === undefined || daemon.exitCode !== null || daemon.signalCode !== null) return;
    const ended = once(daemon, 'exit');
    daemon.kill('SIGKILL');
    await ended;
  }

  /** Where clients find it. */
  get uri(): string {
    return `qemu+unix:///system?socket=${this.folder}/run/libvirt-sock`;
  }

  get pid(): number {
    return this.#daemon?.pid ?? -1;
  }

  /** Runs virsh, whatever comes of it; it is given a minute. */
  try(...args: readonly string[]): Promise<VirshResult> {
    return new Promise((resolve) => {
      execFile('virsh', ['-q', '-c', this.uri, ...args], { timeout: 60_000 }, (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
        resolve({ code, stdout, stderr });
      });
    });
  }

  /** Runs virsh; its output. @throws if it fails */
  async virsh(...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.try(...args);
    if (code !== 0)
      throw new Error(`virsh ${args.join(' ')}: ${stderr}\n${this.#read('libvirtd.log').slice(-2000)}`);
    return stdout;
  }

  /** Defines a VM with a small disk of its own; `extra` are more devices, `guest` is what it boots. */
  async define(name: string, emulator: string, extra = '', guest?: Guest): Promise<void> {
    const disk = join(this.files, `${name}.qcow2`);
    if (!existsSync(disk)) await createDisk(disk);
    const xml = join(this.files, `${name}.xml`);
    const boot =
      guest === undefined
        ? ''
        : `<kernel>${guest.kernel}</kernel><initrd>${guest.initrd}</initrd><cmdline>quiet</cmdline>`;
    writeFileSync(
      xml,
      `<domain type='qemu'><name>${name}</name><memory unit='MiB'>${guest === undefined ? 64 : 256}</memory><vcpu>1</vcpu>
<os><type arch='x86_64' machine='pc'>hvm</type>${boot}</os><features><acpi/></features><devices><emulator>${emulator}</emulator>
<disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='${disk}'/><target dev='vda' bus='virtio'/></disk>
<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>${extra}</devices></domain>`,
    );
    await this.try('undefine', name);
    await this.virsh('define', xml);
  }

  /** What is in the VM's log. */
  log(name: string): string {
    return this.#read(`log/qemu/${name}.log`);
  }

  /** The process of a VM that runs. */
  qemuPid(name: string): number {
    return Number(this.#read(`run/qemu/${name}.pid`));
  }

  /** Ends the VMs and the daemon, and removes everything. */
  async [Symbol.asyncDispose](): Promise<void> {
    const names = (await this.try('list', '--name')).stdout.split('\n').filter((name) => name !== '');
    for (const name of names) await this.try('destroy', name);
    await this.kill();
    for (const pid of processesOf(this.folder)) process.kill(pid, 'SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }

  #read(name: string): string {
    try {
      return readFileSync(join(this.folder, name), 'utf8');
    } catch {
      return '';
    }
  }
}

export function createDisk(path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile('qemu-img', ['create', '-q', '-f', 'qcow2', path, '16M'], (error) => {
      if (error === null) resolve();
      else reject(new Error(`qemu-img: ${error.message}`));
    });
  });
}

/** The processes whose command line names this folder, and so are a test's own. */
export function processesOf(folder: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => pid !== process.pid && commandLineOf(pid).includes(folder));
}

/** The recorder of a VM that records to this folder; its keeper has the recorder's command line too. */
export function recorderOf(recordings: string): number | undefined {
  return processesOf(recordings).find((pid) => {
    const command = commandLineOf(pid);
    return /main\.js interpose /.test(command) && !command.includes('-keeper');
  });
}

export function commandLineOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return ''; // it has ended
  }
}
