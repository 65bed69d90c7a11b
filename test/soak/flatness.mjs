/**
 * Whether a quantity grew: the median of the slopes between all its samples (Theil and Sen's), which a few
 * odd ones do not move, times the time they span. Knows not what was measured.
 */

/** Samples before which nothing is said: a slope through fewer is chance. */
const enough = 12;
/** The first part of a run, in which caches fill. */
const warmUp = 0.25;

/** How much each quantity rose behind the warm-up; undefined if there are too few samples to tell. */
export function rises(samples, names) {
  const settled = samples.slice(Math.ceil(samples.length * warmUp));
  if (settled.length < enough) return undefined;
  const span = settled.at(-1).seconds - settled[0].seconds;
  return Object.fromEntries(names.map((name) => [name, slope(settled, name) * span]));
}

function slope(samples, name) {
  const slopes = samples.flatMap((late, at) =>
    samples.slice(0, at).map((early) => (late[name] - early[name]) / (late.seconds - early.seconds)),
  );
  return slopes.sort((a, b) => a - b)[Math.floor(slopes.length / 2)];
}
