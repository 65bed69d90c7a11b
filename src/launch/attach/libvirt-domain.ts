/**
 * A libvirt domain that runs, from what its daemon writes down for its own next start: the one place that tells
 * the monitor's path (`qemuDomainObjPrivateXMLFormat`).
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../../errors.js';
import { closest } from '../../text/closest.js';
import type { AttachedChannel } from './attach.js';
import type { LibvirtDaemon } from './libvirt-daemon.js';

/** What is known of a domain that runs. */
export interface RunningDomain {
  readonly name: string;
  readonly uuid: string;
  readonly id: string;
  /** QEMU's process. */
  readonly pid: number;
  readonly monitor: string;
  /** The guest agent's channel, if the domain has one. */
  readonly agent: string | undefined;
}

/**
 * The domain of this name, UUID or id.
 * @throws UsageError if none such runs, or the daemon's files cannot be read
 */
export function findDomain(daemon: LibvirtDaemon, wanted: string): RunningDomain {
  const domains = runningDomains(daemon);
  const found =
    domains.find(({ name, uuid }) => name === wanted || uuid === wanted.toLowerCase()) ??
    domains.find(({ id }) => id === wanted);
  if (found !== undefined) return found;
  const near = closest(
    wanted,
    domains.map(({ name }) => name),
  );
  const there =
    domains.length === 0
      ? 'no domain runs'
      : near === undefined
        ? `these run: ${domains.map(({ name }) => name).join(', ')}`
        : `did you mean ${near}?`;
  throw new UsageError({ reason: `no domain ${wanted} runs on ${daemon.uri}`, remedy: there });
}

/** Its sockets, as they are reached from here. */
export function channelsOf(
  daemon: LibvirtDaemon,
  { name, pid, monitor, agent }: RunningDomain,
  withAgent: boolean,
): readonly [AttachedChannel, ...AttachedChannel[]] {
  // QEMU sees these paths too, and outlives a restart of the daemon.
  const root = daemon.root === '' ? '' : `/proc/${pid}/root`;
  const own = { path: join(root, monitor), dialect: 'qmp' } as const;
  if (!withAgent) return [own];
  if (agent === undefined) {
    throw new UsageError({
      subject: '--agent',
      reason: `the domain ${name} has no channel org.qemu.guest_agent.0`,
    });
  }
  return [own, { path: join(root, agent), dialect: 'qga' }];
}

function runningDomains(daemon: LibvirtDaemon): RunningDomain[] {
  const folder = join(daemon.root, daemon.state);
  try {
    return readdirSync(folder)
      .filter((file) => file.endsWith('.xml'))
      .flatMap((file) => parseDomainStatus(readFileSync(join(folder, file), 'utf8')) ?? []);
  } catch (error) {
    throw new UsageError(
      `${daemon.uri}: what runs is told in ${daemon.state}, which cannot be read (${(error as Error).message}); run as root, or as the daemon's user`,
    );
  }
}

/** Reads `NAME.xml` of the daemon's state; undefined if it is not that of a QEMU with a monitor. */
export function parseDomainStatus(xml: string): RunningDomain | undefined {
  const monitor = attribute(/<monitor [^>]*>/.exec(xml)?.[0], 'path');
  const pid = Number(attribute(/<domstatus [^>]*>/.exec(xml)?.[0], 'pid'));
  const id = attribute(/<domain [^>]*>/.exec(xml)?.[0], 'id');
  const name = /<name>([^<]*)<\/name>/.exec(xml)?.[1];
  const uuid = /<uuid>([^<]*)<\/uuid>/.exec(xml)?.[1];
  if (monitor === undefined || id === undefined || name === undefined || uuid === undefined) return undefined;
  if (!Number.isSafeInteger(pid) || pid <= 0) return undefined;
  const channel = [...xml.matchAll(/<channel [^]*?<\/channel>/g)]
    .map(([text]) => text)
    .find((text) => /<target [^>]*name='org\.qemu\.guest_agent\.0'/.test(text));
  const agent = attribute(/<source [^>]*>/.exec(channel ?? '')?.[0], 'path');
  return { name: unescape(name), uuid, id, pid, monitor, agent };
}

function attribute(tag: string | undefined, name: string): string | undefined {
  const [, single, double] = new RegExp(` ${name}=(?:'([^']*)'|"([^"]*)")`).exec(tag ?? '') ?? [];
  const value = single ?? double;
  return value === undefined ? undefined : unescape(value);
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function unescape(text: string): string {
  return text.replace(
    /&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|([a-z]+));/gi,
    (whole, hex?: string, decimal?: string, name = '') => {
      if (hex !== undefined) return String.fromCodePoint(Math.min(Number.parseInt(hex, 16), 0x10ffff));
      if (decimal !== undefined) return String.fromCodePoint(Math.min(Number(decimal), 0x10ffff));
      return entities[name as string] ?? whole;
    },
  );
}
