/**
 * Shell-like patterns over names: `*` for any run of characters, `?` for one, the rest for itself. Matched by
 * two pointers with one point of return, so that a hostile name costs at most its length times the pattern's.
 */

/** Makes a predicate of a glob; upper and lower case differ. */
export function compileGlob(glob: string): (text: string) => boolean {
  if (!/[*?]/.test(glob)) return (text) => text === glob;
  const prefix = glob.slice(0, -1);
  if (glob.endsWith('*') && !/[*?]/.test(prefix)) return (text) => text.startsWith(prefix);
  const pattern = Array.from(glob);
  return (text) => matchGlob(pattern, text);
}

/** A `?` takes a whole character, also one of two UTF-16 units. */
function matchGlob(pattern: readonly string[], text: string): boolean {
  let at = 0;
  let place = 0;
  /** Where the last `*` stands, and how much of the text it has taken so far. */
  let star = -1;
  let taken = 0;
  while (at < text.length) {
    const wanted = pattern[place];
    const length = (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
    if (wanted === '*') {
      star = place++;
      taken = at;
    } else if (wanted !== undefined && (wanted === '?' || text.startsWith(wanted, at))) {
      at += length;
      place++;
    } else if (star >= 0) {
      taken += (text.codePointAt(taken) ?? 0) > 0xffff ? 2 : 1;
      at = taken;
      place = star + 1;
    } else {
      return false;
    }
  }
  while (pattern[place] === '*') place++;
  return place === pattern.length;
}
