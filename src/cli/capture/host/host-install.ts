/** What `qmptap host install` and `uninstall` do. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { UsageError } from '../../../errors.js';
import { askHost } from '../../../launch/host/control-client.js';
import { controlSocket, leavingFile } from '../../../launch/host/control.js';
import {
  checkVisible,
  install,
  installation,
  installedRecordings,
  uninstall,
} from '../../../launch/host/install/install.js';
import {
  serviceName,
  type ServiceOptions,
  serviceRecordings,
} from '../../../launch/host/install/service-unit.js';
import { fixedFolder, watchedPlace } from '../../../launch/host/places.js';
import { hostLimitsOf, limitArguments } from '../../../launch/record/recording-limits.js';
import { executable } from '../../executable.js';
import { say } from '../../output/output.js';
import type { HostFlags } from './host.js';

export interface InstallFlags extends HostFlags {
  print?: boolean;
  root: string;
}

export interface UninstallFlags {
  root: string;
}

/** @throws UsageError, OutputError */
export function installCommand(flags: InstallFlags): void {
  const recordings = resolve(flags.recordings ?? serviceRecordings);
  const places = flags.watch.map(watchedPlace);
  const root = resolve(flags.root);
  const options: ServiceOptions = {
    program: [process.execPath, executable],
    recordings,
    flags: hostArguments(flags),
    watched: places.map(fixedFolder),
  };
  const files = installation(options);
  if (flags.print) {
    for (const { path, text } of files) process.stdout.write(`# ${path}\n${text}\n`);
    return;
  }
  if (root === '/') checkVisible(options);
  for (const path of install(files, root)) say(`wrote ${path}`);
  say(
    `next: systemctl daemon-reload && systemctl enable --now ${serviceName} && systemctl restart libvirtd (or virtqemud), which leaves VMs alone`,
  );
}

/** How long a host that leaves may take to end, with its last session over, ms. */
const endingMs = 10_000;

/** @throws UsageError while a host runs, OutputError */
export async function uninstallCommand({ root }: UninstallFlags): Promise<void> {
  const recordings = installedRecordings(resolve(root));
  if (recordings !== undefined && !(await hasEnded(recordings))) {
    throw new UsageError({
      subject: serviceName,
      reason: 'the host runs, and VMs depend on it',
      remedy: `end it first: qmptap host leave --recordings ${recordings}, then restart libvirtd`,
    });
  }
  const removed = uninstall(resolve(root));
  for (const path of removed) say(`removed ${path}`);
  say(removed.length === 0 ? 'nothing was installed' : 'next: systemctl daemon-reload');
}

/** Waits for one that leaves: its sessions end while libvirt's daemon restarts, and itself a little later. */
async function hasEnded(recordings: string): Promise<boolean> {
  const late = performance.now() + endingMs;
  while (await runs(recordings)) {
    if (!existsSync(leavingFile(recordings)) || performance.now() > late) return false;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return true;
}

async function runs(recordings: string): Promise<boolean> {
  try {
    await askHost(controlSocket(recordings), { ask: 'vms' });
    return true;
  } catch {
    return false;
  }
}

/** The flags for a host that is started with them. */
function hostArguments(flags: InstallFlags): string[] {
  const { watch, include, exclude, agent, durable, redact, rule } = flags;
  const each = (flag: string, values: readonly string[]): string[] =>
    values.flatMap((value) => [flag, value]);
  return [
    ...limitArguments(hostLimitsOf(flags)),
    ...[...each('--watch', watch), ...each('--include', include), ...each('--exclude', exclude)],
    ...(agent ? [] : ['--no-agent']),
    ...(durable ? ['--durable'] : []),
    ...(redact ? ['--redact'] : []),
    ...each('--rule', rule),
  ];
}
