/**
 * A series of recordings, of which a recorder keeps the newest. Each recording holds the name of its series, so
 * that no other file is mistaken for one; `prune.ts` removes the old ones.
 */

/** The recordings of one recorder, or of one VM, in a folder. */
export interface Series {
  /** Its name, which each of its recordings holds. */
  readonly name: string;
  readonly folder: string;
  /** Its files' names. */
  readonly pattern: RegExp;
  /** How many to keep, including those that are being written. Undefined: all. */
  readonly keep: number | undefined;
}
