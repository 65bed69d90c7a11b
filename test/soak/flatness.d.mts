/** How much each quantity rose behind the warm-up; undefined if there are too few samples to tell. */
export function rises<Name extends string>(
  samples: readonly Readonly<Record<Name | 'seconds', number>>[],
  names: readonly Name[],
): Record<Name, number> | undefined;
