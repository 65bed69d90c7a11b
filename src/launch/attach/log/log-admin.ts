/**
 * Reads and changes what a running libvirt daemon logs, through `virt-admin`. It comes with the same package as `virsh`,
 * and speaks the protocol of every libvirt since 3.0; to speak that ourselves would be a second client of XDR for four
 * calls. The daemon answers them on threads of their own, also while a VM hangs.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { UsageError } from '../../../errors.js';
import { commandLine } from '../../../text/command-line.js';
import type { LibvirtDaemon } from '../libvirt-daemon.js';
import { filterToSet, type LogSettings, wordsOf } from './settings.js';

const run = promisify(execFile);
/** A daemon that does not answer within this has other troubles. */
const patienceMs = 20_000;

type Kind = keyof LogSettings;

/** @throws UsageError where the daemon cannot be asked */
export async function readLogSettings(daemon: LibvirtDaemon): Promise<LogSettings> {
  return { filters: await read(daemon, 'filters'), outputs: await read(daemon, 'outputs') };
}

/**
 * Sets both, as far as they differ. Where ours go away, filters are first: nothing more is written then.
 * @throws UsageError where libvirt does not take them
 */
export async function setLogSettings(
  daemon: LibvirtDaemon,
  { filters, outputs }: LogSettings,
  order: readonly Kind[],
): Promise<void> {
  for (const kind of order) {
    const wanted = kind === 'filters' ? filters : outputs;
    if (isSame(await read(daemon, kind), wanted)) continue;
    await set(daemon, kind, kind === 'filters' ? wanted.map(filterToSet) : wanted);
  }
}

/** The command with which a user sets one of them, for a shell. */
export function commandToSet({ admin }: LibvirtDaemon, kind: Kind, words: readonly string[]): string {
  const given = kind === 'filters' ? words.map(filterToSet) : words;
  return commandLine(['virt-admin', '-c', admin, `daemon-log-${kind}`, `--${kind}`, given.join(' ')]);
}

async function read(daemon: LibvirtDaemon, kind: Kind): Promise<string[]> {
  return wordsOf(await virtAdmin(daemon, [`daemon-log-${kind}`]));
}

async function set(daemon: LibvirtDaemon, kind: Kind, words: readonly string[]): Promise<void> {
  await virtAdmin(daemon, [`daemon-log-${kind}`, `--${kind}`, words.join(' ')]);
}

async function virtAdmin({ admin }: LibvirtDaemon, words: readonly string[]): Promise<string> {
  try {
    // Otherwise its errors are translated. With -q there is nothing around the list.
    const env = { ...process.env, LC_ALL: 'C' };
    const { stdout } = await run('virt-admin', ['-q', '-c', admin, ...words], { timeout: patienceMs, env });
    return stdout;
  } catch (error) {
    throw adminError(admin, error as NodeJS.ErrnoException & { stderr?: string; killed?: boolean });
  }
}

function adminError(
  admin: string,
  { code, killed, stderr = '', message }: NodeJS.ErrnoException & { stderr?: string; killed?: boolean },
): UsageError {
  if (code === 'ENOENT') {
    return new UsageError({
      subject: 'virt-admin',
      reason: "not installed, and libvirt's log is set with it",
      remedy: 'it comes with virsh: the package libvirt-clients or libvirt-client',
    });
  }
  if (killed === true) return new UsageError({ subject: admin, reason: 'the daemon does not answer' });
  const said =
    stderr
      .replaceAll(/^error: /gm, '')
      .trim()
      .split('\n')
      .at(-1) ?? '';
  const remedy = /socket/i.test(said)
    ? "it needs the daemon's admin socket, and root for that of the system; where systemd opens the sockets: `systemctl start libvirtd-admin.socket` or virtqemud-admin.socket, before the daemon's next start"
    : undefined;
  return new UsageError({ subject: admin, reason: said === '' ? message : said, remedy });
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.map(filterToSet).join(' ') === other.map(filterToSet).join(' ');
}
