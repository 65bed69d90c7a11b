/**
 * What makes several recordings a series: who left a recorder on keeps so many of them. Each says in itself
 * which series it is of, so that no other can be taken for it; `prune.ts` does the removing.
 */

/** The recordings of one recorder, or of one VM, in a folder. */
export interface Series {
  /** In each of its recordings, so that it is told from others. */
  readonly name: string;
  readonly folder: string;
  /** Its files' names. */
  readonly pattern: RegExp;
  /** How many there may be, those included that are being written. Undefined: any number. */
  readonly keep: number | undefined;
}
