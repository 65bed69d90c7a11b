/** The host that runs, asked by its control socket: which VMs it has, and where it records them. */
import { existsSync } from 'node:fs';
import { RecordingError } from '../../errors.js';
import { askHost } from '../../launch/host/control-client.js';
import { controlSocket, type VmAnswer } from '../../launch/host/control.js';
import { serviceRecordings } from '../../launch/host/install/service-unit.js';
import { defaultFolder } from './folder.js';

/** A host, as it was when it was asked. */
export interface FoundHost {
  /** The folder that it records into. */
  readonly recordings: string;
  readonly vms: readonly VmAnswer[];
}

/** The host that records into this folder; without one, that of this user or of this machine. Never rejects. */
export async function runningHost(folder?: string): Promise<FoundHost | undefined> {
  for (const recordings of folder === undefined ? [defaultFolder(), serviceRecordings] : [folder]) {
    const vms = await vmsOf(recordings);
    if (vms !== undefined) return { recordings, vms };
  }
  return undefined;
}

/** The recording of a VM that a host has now; undefined if no host has a VM of this name. @throws RecordingError */
export async function recordingOfVm(name: string): Promise<string | undefined> {
  const vm = (await runningHost())?.vms.find(({ label }) => label === name);
  if (vm === undefined || vm.file !== undefined) return vm?.file;
  throw new RecordingError(
    {
      reason: 'it has had no client yet, so nothing is recorded of it',
      remedy: 'libvirt connects when its daemon starts',
    },
    { path: name },
  );
}

/** Undefined where no host answers. */
async function vmsOf(recordings: string): Promise<readonly VmAnswer[] | undefined> {
  const path = controlSocket(recordings);
  try {
    if (!existsSync(path)) return undefined;
    return (await askHost(path, { ask: 'vms' })).flatMap((answer) => (answer.type === 'vm' ? answer : []));
  } catch {
    return undefined; // it is another user's, or has just ended
  }
}
