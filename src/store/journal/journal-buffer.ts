/**
 * Memory for what journals have not written yet. Most write a little and seldom: those share small buffers, each
 * of which a journal has only from a record to its next write. Of the large ones, for a flood, few are kept.
 */

export interface JournalBuffer {
  readonly bytes: Uint8Array;
  readonly view: DataView;
}

export const smallBuffer = 16 << 10;
export const largeBuffer = 1 << 20;
/** How many of each are kept while nobody has them. */
const kept: ReadonlyMap<number, number> = new Map([
  [smallBuffer, 256],
  [largeBuffer, 2],
]);

const spare = new Map<number, JournalBuffer[]>([...kept.keys()].map((size) => [size, []]));

/** Of one of these sizes; what is in it is of no meaning. */
export function takeBuffer(size: number): JournalBuffer {
  const found = spare.get(size)?.pop();
  if (found !== undefined) return found;
  const bytes = new Uint8Array(size);
  return { bytes, view: new DataView(bytes.buffer) };
}

export function giveBuffer(buffer: JournalBuffer): void {
  const others = spare.get(buffer.bytes.length);
  if (others !== undefined && others.length < (kept.get(buffer.bytes.length) ?? 0)) others.push(buffer);
}
