/**
 * What makes several recordings a series: who left a recorder on keeps so many of them. A recording says
 * itself that it is one, so that no other can be taken for it. Loads no SQLite; `prune.ts` does the removing.
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

/** What a recording of a series has in place of `createdBy`. */
export function madeInSeries(createdBy: string, name: string): string {
  return `${createdBy}${marker}${JSON.stringify(name)}`;
}

/** Whether a recording says that it belongs to the series of that name. */
export function isMadeInSeries(createdBy: string, name: string): boolean {
  return createdBy.startsWith('qmptap ') && createdBy.endsWith(marker + JSON.stringify(name));
}

const marker = ', series ';
