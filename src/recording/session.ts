/** A session: one client's conversation with the server, from its connect to its close. */

/** QMP as QEMU speaks it, or the guest agent's dialect (no greeting, no events, no negotiation). */
export type Dialect = 'qmp' | 'qga';

/** One end of a session. The process is known only of a unix socket's client. */
export interface Peer {
  /** As the user wrote it: `unix:/run/q.sock`, `tcp:127.0.0.1:4444`, `fd:3`, `stdio`. */
  readonly address: string;
  /** The process's number. */
  readonly pid?: number | undefined;
  /** Its user. */
  readonly uid?: number | undefined;
  /** Its group. */
  readonly gid?: number | undefined;
  /** The process's name (`comm`), at most 15 bytes. */
  readonly program?: string | undefined;
}

/**
 * How a session ended. `…-closed`: that peer closed first, orderly. `…-reset`: with an error.
 * `server-unreachable`: there was no server to talk to. `stopped`: qmptap was told to end.
 * `cut-off`: the recording ends without an end (a crash, `kill -9`, a full disk).
 */
export const sessionEnds = [
  'client-closed',
  'server-closed',
  'client-reset',
  'server-reset',
  'server-unreachable',
  'stopped',
  'cut-off',
] as const;
/** How a session ended: one of the texts of `sessionEnds`. */
export type SessionEnd = (typeof sessionEnds)[number];

/** The end that this names, of whatever a file says; undefined if it names none. */
export function sessionEndOf(value: unknown): SessionEnd | undefined {
  return sessionEnds.find((end) => end === value);
}

/** What is known when a session begins. */
export interface SessionStart {
  readonly label: string | undefined;
  /** Undefined: to be recognised from the traffic. */
  readonly dialect: Dialect | undefined;
  readonly client: Peer;
  readonly server: Peer;
  /** Wall clock, microseconds since 1970. */
  readonly started: number;
}

/** What the greeting said. */
export interface ServerVersion {
  /** `7.2.22`; undefined in the draft protocol, whose greeting has none. */
  readonly qemu: string | undefined;
  /** The distributor's package, often empty. */
  readonly package: string | undefined;
  /** Such as `oob`. */
  readonly capabilities: readonly string[];
}

/** One client's conversation with the server, from its connect to its close. */
export interface Session {
  /** From 1, in the order of their beginning. */
  readonly id: number;
  /** Where several recordings are read as one: the file that it is in, and its number there. */
  readonly origin?: { readonly file: string; readonly session: number } | undefined;
  /** The name that the recorder was given. */
  readonly label: string | undefined;
  /** QMP, or that of the guest agent. */
  readonly dialect: Dialect;
  /** The peer that connected. */
  readonly client: Peer;
  /** The peer that it was connected to. */
  readonly server: Peer;
  /** What the greeting said; undefined where there was none. */
  readonly version: ServerVersion | undefined;
  /** Wall clock, microseconds since 1970. */
  readonly started: number;
  /** Nanoseconds of a monotonic clock since it began; undefined while it runs. */
  readonly ended: number | undefined;
  /** How it ended; undefined while it runs. */
  readonly end: SessionEnd | undefined;
  /** What more there is to say of the end: the system's error, for example. */
  readonly endReason: string | undefined;
  /** Descriptors that came where no message was left to carry them, and other things lost. */
  readonly notes: readonly string[];
  /** How many messages there are in both directions. */
  readonly messages: number;
  /** Bytes in both directions. */
  readonly bytes: number;
}
