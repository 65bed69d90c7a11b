/** Makes an input smaller as long as it still does what it did. */

/**
 * Gives the smallest input found for which `still` holds, by taking out pieces and making bytes plain.
 * `tries` is how often `still` may be asked.
 */
export async function minimise(
  input: Uint8Array,
  still: (input: Uint8Array) => Promise<boolean>,
  tries: number,
): Promise<Uint8Array> {
  let best = input;
  let left = tries;
  const attempt = async (candidate: Uint8Array): Promise<boolean> => {
    if (left-- <= 0 || !(await still(candidate))) return false;
    best = candidate;
    return true;
  };
  for (let size = best.length >> 1; size >= 1 && left > 0; size >>= 1) {
    for (let at = 0; at < best.length && left > 0;) {
      const without = new Uint8Array([...best.subarray(0, at), ...best.subarray(at + size)]);
      if (!(await attempt(without))) at += size;
    }
  }
  for (let at = 0; at < best.length && left > 0; at++) {
    for (const plain of [0x20, 0x30, 0x61]) {
      if (best[at] === plain) break;
      if (await attempt(best.with(at, plain))) break;
    }
  }
  return best;
}
