/** What a host is asked for, and what it tells. */
import type { HostLimits } from '../record/recording-limits.js';
import type { SeriesEvent } from '../record/recording-series.js';
import type { Place } from './places.js';

export interface HostOptions {
  /** The folder for the recordings of all VMs. */
  readonly recordings: string;
  readonly places: readonly Place[];
  /** Whether a VM of this name is recorded. */
  readonly wants: (name: string) => boolean;
  /** Of the files of each VM, and of all. */
  readonly limits: HostLimits;
  readonly durable?: boolean | undefined;
  /** Take secrets out before anything is kept: those that qmptap knows, and what these rules say. */
  readonly redact?: readonly string[] | undefined;
  /** Told of VMs, files and trouble; must not throw. */
  readonly onEvent: (event: HostEvent) => void;
}

/**
 * `waiting`: our socket is at its monitor's path, and the next client that connects is recorded. `recorded`: a client
 * has come. `direct`: its monitor's path could not be taken, or its client was faster. `ended`: it is gone.
 */
export type VmStatus = 'waiting' | 'recorded' | 'direct' | 'ended';

/** A VM, as `qmptap host --json` tells of it. */
export interface VmNews {
  readonly type: 'vm';
  /** Its name. */
  readonly label: string;
  readonly state: VmStatus;
  /** Where it is recorded; absent before its first session. */
  readonly file?: string | undefined;
  /** With `direct`: why. */
  readonly reason?: string | undefined;
}

export type HostEvent =
  | VmNews
  /** What happens to the files of a VM. */
  | { readonly type: 'file'; readonly label: string; readonly event: SeriesEvent }
  /** The oldest recording of all, removed since they are too much. */
  | { readonly type: 'removed'; readonly path: string }
  /** One line for the user. */
  | { readonly type: 'trouble'; readonly label: string | undefined; readonly text: string };
