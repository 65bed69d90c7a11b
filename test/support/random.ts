/** Lehmer's generator: the same numbers between 0 and 1 for the same seed. */
export function random(start: number): () => number {
  let state = (start % 2147483646) + 1;
  return () => (state = (state * 48271) % 2147483647) / 2147483647;
}
