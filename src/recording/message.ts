/** A message as it is recorded: the bytes of one frame, and what was understood of them. */

import { tryParse } from '../json/parse.js';
import { isObject, type JsonValue } from '../json/value.js';

/** `c2s`: sent by the client (libvirt), shown as `->`. `s2c`: sent by the server (QEMU), shown as `<-`. */
export type Direction = 'c2s' | 's2c';

/** What a frame turned out to be. The order is the number that the store keeps, so only append. */
export const messageKinds = [
  'greeting',
  'command',
  'success',
  'error',
  'event',
  'sync',
  'malformed',
  'partial',
] as const;

/**
 * `sync` is a lone byte that resets the peer's parser (0xFF and the like), `malformed` is what QEMU's
 * parser refuses or what has no place in the protocol, `partial` was cut off by the close.
 */
export type MessageKind = (typeof messageKinds)[number];

/** Points at a message of a recording. */
export interface MessageRef {
  /** The session's number, from 1. */
  readonly session: number;
  /** Place in the session, from 1, over both directions. */
  readonly seq: number;
}

/** A message: the bytes of one frame, and what was understood of them. */
export interface Message extends MessageRef {
  /** Place in the recording over all its sessions, from 1, ascending in the order of completion. */
  readonly index: number;
  /** The session's number, from 1. */
  readonly session: number;
  /** Place in the session, from 1, over both directions. */
  readonly seq: number;
  /** Its sender. */
  readonly dir: Direction;
  /** When the frame's last byte came: nanoseconds of a monotonic clock since the session began. */
  readonly t: number;
  /** What it is. */
  readonly kind: MessageKind;
  /** Its time is not known, and `t` is that of what came before: of a log that tells none. */
  readonly untimed?: true | undefined;
  /** The command's or the event's name. */
  readonly name: string | undefined;
  /** The id as JSON text, every digit as on the wire. */
  readonly id: string | undefined;
  /** On a command: sent as `exec-oob`. On a response: to such a command. */
  readonly oob: boolean;
  /** On a response: the `seq` of its command, in this session. */
  readonly replyTo: number | undefined;
  /** On a response: its command's name. */
  readonly command: string | undefined;
  /** On a response: nanoseconds since its command was complete. */
  readonly latency: number | undefined;
  /** On a response: it answers this command of an earlier session, whose client had gone. */
  readonly late: MessageRef | undefined;
  /** On a malformed message: why, as QEMU words it. On others: a protocol rule that it breaks. */
  readonly problem: string | undefined;
  /** How many descriptors came with it (SCM_RIGHTS). */
  readonly fds: number;
  /** Sent by qmptap's user through the proxy rather than by the client; or the answer to such a command. */
  readonly injected: boolean;
  /** The frame's exact bytes, with the white space around it. */
  readonly raw: Uint8Array;
}

/** A member of the object that the frame is: `return`, `error`, `data` … */
export function memberOf(raw: Uint8Array, key: string): JsonValue | undefined {
  const value = tryParse(raw, { nonFinite: true });
  return isObject(value) ? value.get(key) : undefined;
}
