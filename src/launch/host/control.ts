/**
 * What a host answers on its control socket, for programs of its user: a JSON object in a line asks, lines answer.
 *
 *     -> {"ask":"vms"}
 *     <- {"type":"vm","label":"web1","state":"recorded","file":"…","channels":[…]}
 *     <- {"type":"end"}
 */
import { join } from 'node:path';
import type { VmNews } from './host-options.js';

/** `vms`: all VMs, as they are now. `leave`: give all paths back, and end with the last session. */
export const questions = ['vms', 'leave'] as const;
export type Question = (typeof questions)[number];

export interface ControlQuestion {
  readonly ask: Question;
}

export type ControlAnswer =
  | VmAnswer
  /** Nothing more comes. `sessions`: how many are not over. */
  | { readonly type: 'end'; readonly pid: number; readonly sessions: number }
  /** It was not understood: one line for the user. */
  | { readonly type: 'error'; readonly reason: string };

/** A VM as it is now. */
export interface VmAnswer extends VmNews {
  readonly channels: readonly ChannelAnswer[];
}

/** A monitor, or an agent's channel. */
export interface ChannelAnswer {
  readonly path: string;
  /** Undefined: not recognised before its first session. */
  readonly dialect?: 'qmp' | 'qga' | undefined;
  /** Our socket is there. */
  readonly taken: boolean;
  /** Who has the server now. */
  readonly holder?: { readonly pid?: number | undefined; readonly program?: string | undefined } | undefined;
  /** Sessions that are not over, those that wait among them. */
  readonly sessions: number;
  /** Since this host has it: sessions that have come, and bytes. */
  readonly total: { readonly sessions: number; readonly c2s: number; readonly s2c: number };
  /** Seconds since a byte came from the client and from the server; absent if none has. */
  readonly silent: { readonly c2s?: number | undefined; readonly s2c?: number | undefined };
}

/** A host's private folder, in that of its recordings. */
export function hostFolder(recordings: string): string {
  return join(recordings, '.host');
}

/** Where a host says which monitors of libvirt it has dealt with, for libvirt's hook. */
export function decisionsFolder(recordings: string): string {
  return join(hostFolder(recordings), 'decided');
}

/** Where a host that records into this folder answers. */
export function controlSocket(recordings: string): string {
  return join(hostFolder(recordings), 'control.sock');
}

/** Is there while a host that was told to leave has not ended. */
export function leavingFile(recordings: string): string {
  return join(hostFolder(recordings), 'leaving');
}
