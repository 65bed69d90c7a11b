/**
 * Where a text stands in another. The engine's own search takes the one's length times the other's where both
 * repeat themselves, and both may be a hostile peer's: what is long is looked for in linear time (Knuth,
 * Morris, Pratt).
 */

/** Up to this length the engine's search is always quick. */
const long = 256;

/** The places, ascending and without overlaps; `wanted` is not empty. */
export function occurrences(text: string, wanted: string): readonly number[] {
  if (wanted.length > long) return text.includes(wanted.slice(0, long)) ? linear(text, wanted) : [];
  const places: number[] = [];
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length)) places.push(at);
  return places;
}

function linear(text: string, wanted: string): readonly number[] {
  const borders = new Int32Array(wanted.length);
  /** How much of the beginning has been met, once this unit follows on so much of it. */
  const met = (before: number, unit: number): number => {
    let length = before;
    while (length > 0 && wanted.charCodeAt(length) !== unit) length = borders[length - 1] ?? 0;
    return wanted.charCodeAt(length) === unit ? length + 1 : 0;
  };
  for (let at = 1; at < wanted.length; at++) {
    borders[at] = met(borders[at - 1] ?? 0, wanted.charCodeAt(at));
  }
  const places: number[] = [];
  for (let at = 0, length = 0; at < text.length; at++) {
    length = met(length, text.charCodeAt(at));
    if (length < wanted.length) continue;
    places.push(at + 1 - length);
    length = 0;
  }
  return places;
}
