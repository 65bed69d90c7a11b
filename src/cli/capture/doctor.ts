/** Prints what the doctor has found. */
import { escapeText } from '../../inspect/format.js';
import { constants } from 'node:os';
import { resolve } from 'node:path';
import { examine } from '../../launch/doctor/doctor.js';
import type { Finding } from '../../launch/doctor/finding.js';
import { tryVm } from '../../launch/doctor/try-vm.js';
import { serviceRecordings } from '../../launch/host/install/service-unit.js';
import { defaultFolder } from '../files/folder.js';
import { styled } from '../output/output.js';

export interface DoctorFlags {
  connect?: string;
  try?: boolean;
  recordings?: string;
}

const words = { good: 'ok', bad: 'BAD', unknown: '?' } as const;
const styles = { good: 'green', bad: 'red', unknown: 'yellow' } as const;

/** Gives the exit code: 1 if something is in the way. @throws UsageError if there is nothing to look at */
export function doctorCommand(subject: string, connect: string | undefined): number {
  const findings = examine({ subject, connect });
  for (const finding of findings) process.stdout.write(`${linesOf(finding).join('\n')}\n`);
  return findings.some(({ state }) => state === 'bad') ? 1 : 0;
}

/** Tries the host that runs. Gives the exit code: 1 if something is in the way. */
export async function tryCommand({ connect, recordings }: DoctorFlags): Promise<number> {
  const ending = new AbortController();
  // Not `endOnSignal`: a second one must not end this before the VM is destroyed.
  const end = (signal: NodeJS.Signals): void => {
    ending.abort(128 + constants.signals[signal]);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, end);
  const states = new Set<Finding['state']>();
  await tryVm({
    connect,
    recordings: recordings === undefined ? [defaultFolder(), serviceRecordings] : [resolve(recordings)],
    signal: ending.signal,
    found: (finding) => {
      states.add(finding.state);
      process.stdout.write(`${linesOf(finding).join('\n')}\n`);
    },
  });
  for (const signal of signals) process.off(signal, end);
  return ending.signal.aborted ? (ending.signal.reason as number) : states.has('bad') ? 1 : 0;
}

function linesOf({ state, what, remedy }: Finding): string[] {
  const head = `${styled(styles[state], words[state].padEnd(4))} ${escapeText(what)}`;
  return remedy === undefined
    ? [head]
    : [head, ...remedy.split('\n').map((line) => `     ${escapeText(line)}`)];
}
