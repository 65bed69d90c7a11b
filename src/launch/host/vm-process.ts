/** The QEMU behind a socket, for what a recording notes of it: its full name and its arguments without secrets. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Peer } from '../../recording/session.js';
import { commandLine } from '../../text/command-line.js';
import { argumentsOf } from '../attach/qemu-process.js';
import { guestName } from '../qemu/qemu-arguments.js';
import { withoutSecrets } from '../qemu/secrets.js';
import type { FoundSocket } from './places.js';

/** As many characters of a domain's name as are in the name of its folder (VIR_DOMAIN_SHORT_NAME_MAX). */
const shortLength = 20;
/** Where libvirt keeps the domains that are defined. */
const definitions = '/etc/libvirt/qemu';
/** Of a command line, in a note. */
const longestNote = 16_000;

/** The VM's whole name, as far as it is known now. */
export function fullName({ name, state }: FoundSocket): string {
  if (state === undefined || Array.from(name).length < shortLength) return name;
  const names = [state, definitions].flatMap((folder) => namesIn(folder, name));
  const [first, ...others] = new Set(names);
  return first !== undefined && others.length === 0 ? first : name;
}

/** QEMU's command line without secrets; undefined where its process cannot be told. `server`: who made the socket. */
export function vmArguments(found: FoundSocket, server: Peer): string | undefined {
  const { state } = found;
  const short = shortened(found.name);
  const pids = state === undefined ? [server.pid] : pidsIn(state, short);
  for (const pid of pids) {
    if (pid === undefined) continue;
    try {
      const argv = argumentsOf(pid);
      const isIts = state === undefined ? isQemu(argv) : shortened(guestName(argv.slice(1)) ?? '') === short;
      if (isIts) {
        return commandLine([argv[0] ?? '', ...withoutSecrets(argv.slice(1))]).slice(0, longestNote);
      }
    } catch {
      // It has ended, or is not for us to look at.
    }
  }
  return undefined;
}

/** As much of a name as is in the name of a VM's folder. */
function shortened(name: string): string {
  return Array.from(name).slice(0, shortLength).join('');
}

/** The process that made the socket may have passed it on to QEMU: then its arguments are not QEMU's. */
function isQemu([program = '', ...argv]: readonly string[]): boolean {
  return /(?:^|\/)(?:qemu|kvm)[^/]*$/.test(program) || guestName(argv) !== undefined;
}

/** libvirt's own note of which process is whose, `NAME.pid`. */
function pidsIn(state: string, short: string): number[] {
  return namesIn(state, short, '.pid').flatMap((name) => {
    try {
      const pid = Number(readFileSync(join(state, `${name}.pid`), 'utf8'));
      return Number.isSafeInteger(pid) && pid > 0 ? [pid] : [];
    } catch {
      return [];
    }
  });
}

/** The names in a folder of libvirt's, `NAME.xml` or `NAME.pid`, that are shortened to this one. */
function namesIn(folder: string, short: string, ending?: string): string[] {
  try {
    return readdirSync(folder).flatMap((file) => {
      const [, name = '', found = ''] = /^(.+)(\.xml|\.pid)$/s.exec(file) ?? [];
      if (ending !== undefined && ending !== found) return [];
      return shortened(name) === short ? [name] : [];
    });
  } catch {
    return [];
  }
}
