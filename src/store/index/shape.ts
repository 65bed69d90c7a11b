/**
 * Shapes of data that comes from a file which may be anybody's: each reads a value and gives it again, made anew,
 * or refuses it. Lists are bounded, and so is all of it together, before anything is made of it.
 */

/** Reads one kind of value. `left`: how many more parts there may be. @throws Error for anything else */
export type Shape<T> = (value: unknown, left: Budget) => T;

/** How much may still be read. */
export interface Budget {
  parts: number;
}

/** Far above all that is counted, and low enough that counting on from there is exact. */
const largestNumber = 2 ** 50;

export function refused(): Error {
  return new Error('it is damaged');
}

/** A whole number from `least` to `most`. */
export function whole(least = 0, most = largestNumber): Shape<number> {
  return (value) => {
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
    throw refused();
  };
}

/** A time in nanoseconds, also of a fraction of one. */
export const time: Shape<number> = (value) => {
  if (typeof value === 'number' && Math.abs(value) <= Number.MAX_SAFE_INTEGER) return value;
  throw refused();
};

export const flag: Shape<boolean> = (value) => {
  if (typeof value === 'boolean') return value;
  throw refused();
};

export const anyText: Shape<string> = (value) => {
  if (typeof value === 'string') return value;
  throw refused();
};

/** Bytes, or base64 as `base64Of` writes it. */
export const anyBytes: Shape<Uint8Array> = (value) => {
  if (value instanceof Uint8Array) return Uint8Array.from(value);
  if (typeof value === 'string') return Uint8Array.from(Buffer.from(value, 'base64'));
  throw refused();
};

export function oneWord<T extends string>(...words: readonly T[]): Shape<T> {
  return (value) => {
    const found = words.find((word) => word === value);
    if (found === undefined) throw refused();
    return found;
  };
}

export function ifAny<T>(shape: Shape<T>): Shape<T | undefined> {
  return (value, left) => (value === undefined || value === null ? undefined : shape(value, left));
}

/** An array without holes, of bounded length. */
export function listOf<T>(shape: Shape<T>, most: number): Shape<readonly T[]> {
  return (value, left) => {
    if (!Array.isArray(value) || value.length > most) throw refused();
    spend(left, value.length);
    const read: T[] = [];
    for (let at = 0; at < value.length; at++) read.push(shape(value[at], left));
    return read;
  };
}

/** An object with these members; others are left out. */
export function objectOf<T>(members: { readonly [Name in keyof Required<T>]: Shape<T[Name]> }): Shape<T> {
  const names = Object.keys(members) as (keyof T & string)[];
  return (value, left) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw refused();
    spend(left, names.length);
    const read: Partial<T> = {};
    for (const name of names) {
      const found: unknown = Object.hasOwn(value, name)
        ? (value as Record<string, unknown>)[name]
        : undefined;
      const member = members[name](found, left);
      if (member !== undefined) read[name] = member;
    }
    return read as T;
  };
}

function spend(left: Budget, parts: number): void {
  left.parts -= parts;
  if (left.parts < 0) throw refused();
}
