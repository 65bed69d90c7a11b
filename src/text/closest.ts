/** Finds what the user probably meant. */

/** The candidate nearest to a word, if it is at most a third of it away; of equals the first. */
export function closest(word: string, candidates: Iterable<string>): string | undefined {
  const limit = Math.max(1, Math.floor(word.length / 3));
  let best: string | undefined;
  let least = limit + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) >= least) continue;
    const distance = editDistance(word, candidate);
    if (distance < least) [best, least] = [candidate, distance];
  }
  return best;
}

/** `did you mean 'x'?`: what to do about a word that is not known. */
export function suggestion(word: string, candidates: Iterable<string>): string | undefined {
  const found = closest(word, candidates);
  return found === undefined ? undefined : `did you mean '${found}'?`;
}

/** The same for the end of a sentence: `; did you mean 'x'?`, or nothing. */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  const found = suggestion(word, candidates);
  return found === undefined ? '' : `; ${found}`;
}

/** Insertions, deletions, replacements, and exchanges of neighbours (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const here = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1] ? 0 : 1;
      let least = Math.min(at(above, column) + 1, at(here, column - 1) + 1, at(above, column - 1) + same);
      const crossed = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (crossed) least = Math.min(least, at(before, column - 2) + 1);
      here.push(least);
    }
    before = above;
    above = here;
  }
  return at(above, b.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Infinity;
}
