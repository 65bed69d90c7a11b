/** What libvirt's errors and warnings tell of a machine and of its monitor. */
import type { SessionEnd } from '../../recording/session.js';
import { binaryText } from '../wire.js';
import type { LogRecord } from './libvirt-record.js';

export interface MonitorEnd {
  readonly end: Extract<SessionEnd, 'server-closed' | 'server-reset'>;
  readonly reason: string | undefined;
}

/** How the monitor ended, if the record says that the other side did (`qemuMonitorIO`, `qemuMonitorIORead`). */
export function monitorEnd({ text, place }: Pick<LogRecord, 'text' | 'place'>): MonitorEnd | undefined {
  if (place.startsWith('qemuAgent')) return undefined;
  const failed = /Unable to (?:read from|write to) monitor: (.*)/.exec(text);
  if (failed !== null) return { end: 'server-reset', reason: binaryText(failed[1] ?? '').trim() };
  const isEnd =
    /^Triggering EOF callback|End of file from (?:qemu )?monitor|End of file while reading data/i.test(text);
  return isEnd ? { end: 'server-closed', reason: undefined } : undefined;
}

/** The machine that a text names: `for domain web5;`, `domain 'web5'`, `name=web5`. */
export function machineOf(text: string): string | undefined {
  const found =
    /\bfor domain '?([^\s;,']+)/.exec(text) ??
    /\b[Dd]omain (?:id=\d+ name=)?'([^']+)'/.exec(text) ??
    /\bname='?([^\s')]+)'?/.exec(text) ??
    /held by (?:monitor|agent)=init-([^\s)]+)\)/.exec(text);
  return found === null ? undefined : binaryText(found[1] ?? '');
}

/** Who holds the lock of a machine, by the API that waits in it. */
export function lockHolder(text: string): string | undefined {
  return /cannot acquire state change lock(?: \(held by (?:(?:monitor|agent)=)?([^)]+)\))?/.exec(text)?.[0];
}
