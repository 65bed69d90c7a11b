/**
 * What a recorder leaves to the one that takes over when it is killed: a text on the successor's command line, and
 * sockets. The one that takes over may be newer, so what an older one wrote is read too.
 */
import { UsageError } from '../../errors.js';
import type { Dialect } from '../../recording/session.js';
import { formatAddress, parseAddress } from '../../transport/address.js';
import type { RecorderOptions } from './interposed.js';
import type { KeptSockets } from './keeper.js';
import { firstKept } from './keeper-script.js';
import type { Succession, TappedChannel } from './held-sockets.js';

/** What every recorder of the VM knows of it. */
export interface KnownVm {
  /** QEMU's process. */
  readonly pid: number;
  readonly label: string | undefined;
  /** QEMU's command line. */
  readonly note: string;
}

/** All that a successor begins with. */
export interface Inheritance extends KnownVm {
  readonly channels: readonly { readonly channel: TappedChannel; readonly sockets: KeptSockets }[];
  /** The last recording of the one that was killed. */
  readonly previous: string;
}

interface WrittenChannel {
  readonly name: string;
  readonly dialect?: Dialect | undefined;
  readonly address: string;
  readonly path: string;
  readonly exchanged?: boolean | undefined;
}

interface Written extends KnownVm {
  readonly channels: readonly (WrittenChannel & { readonly sessions: number })[];
  readonly previous: string;
}

/** What qmptap 0.1.0 wrote: one channel, whose sockets begin at 3. */
interface WrittenBy010 extends KnownVm {
  readonly channel: WrittenChannel;
  readonly sessions: number;
  readonly previous: string;
}

/** The kernel takes 128 KiB in one argument (MAX_ARG_STRLEN); escaped, each character may take six bytes. */
const longestNote = 16_000;

/** Who takes over from a recorder of this VM; `path` tells what it records to. */
export function successionOf(
  { shell, needed, successor, trouble }: Pick<RecorderOptions, 'shell' | 'needed' | 'successor' | 'trouble'>,
  { pid, label, note }: KnownVm,
  path: () => string,
): Succession {
  return {
    ...{ shell, pid, needed, trouble },
    onHold: () => undefined,
    successor: (channels) => {
      const written: Written = {
        ...{ pid, label, note: note.slice(0, longestNote), previous: path() },
        channels: channels.map(({ channel, sessions }) => ({
          ...channel,
          address: formatAddress(channel.address),
          sessions,
        })),
      };
      return successor(JSON.stringify(written));
    },
  };
}

/** Reads what `successionOf` wrote, in this or an older version. @throws UsageError */
export function readInheritance(text: string): Inheritance {
  let written: Written | WrittenBy010;
  try {
    written = JSON.parse(text) as Written | WrittenBy010;
  } catch (cause) {
    throw new UsageError(
      { subject: 'interpose --take-over', reason: 'qmptap did not write this text' },
      { cause },
    );
  }
  const { pid, label, note, previous } = written;
  const [first, channels] =
    'channel' in written
      ? [3, [{ ...written.channel, sessions: written.sessions }]]
      : [firstKept, written.channels];
  const sockets = inheritedSockets(
    channels.map(({ sessions }) => sessions),
    first,
  );
  return {
    ...{ pid, label, note, previous },
    channels: channels.map(({ name, dialect, address, path, exchanged }, at) => ({
      channel: { name, dialect, address: parseAddress(address), path, exchanged },
      sockets: sockets[at] ?? { listener: first, sessions: [] },
    })),
  };
}

/** Descriptors in the order in which a keeper gives them: of each channel the listener, then its sessions. */
function inheritedSockets(sessions: readonly number[], first: number): KeptSockets[] {
  let next = first;
  return sessions.map((count) => ({
    listener: next++,
    sessions: Array.from({ length: count }, () => ({ client: next++, server: next++ })),
  }));
}
