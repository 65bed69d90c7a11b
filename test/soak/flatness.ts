/**
 * Whether a quantity grew: the median of the slopes between all its samples (Theil and Sen's), which a few
 * odd ones do not move, times the time they span.
 */

/** Quantities at one time. */
export type Sample<Name extends string> = Readonly<Record<Name | 'seconds', number>>;

/** Samples before which nothing is said: a slope through fewer is chance. */
const enough = 12;
/** The first part of a run, in which caches fill. */
const warmUp = 0.25;

/** How much each quantity rose behind the warm-up; undefined if there are too few samples to tell. */
export function rises<Name extends string>(
  samples: readonly Sample<Name>[],
  names: readonly Name[],
): Record<Name, number> | undefined {
  const settled = samples.slice(Math.ceil(samples.length * warmUp));
  const [first, last] = [settled[0], settled.at(-1)];
  if (settled.length < enough || first === undefined || last === undefined) return undefined;
  const span = last.seconds - first.seconds;
  return Object.fromEntries(names.map((name) => [name, slope(settled, name) * span])) as Record<Name, number>;
}

function slope<Name extends string>(samples: readonly Sample<Name>[], name: Name): number {
  const slopes = samples.flatMap((late, at) =>
    samples.slice(0, at).map((early) => (late[name] - early[name]) / (late.seconds - early.seconds)),
  );
  return slopes.sort((a, b) => a - b)[Math.floor(slopes.length / 2)] ?? NaN;
}
