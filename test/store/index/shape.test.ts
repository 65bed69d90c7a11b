import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  anyBytes,
  flag,
  listOf,
  objectOf,
  oneWord,
  ifAny,
  anyText,
  time,
  whole,
  type Shape,
} from '../../../src/store/index/shape.js';

interface Sample {
  readonly name: string;
  readonly counts: readonly number[];
  readonly raw: Uint8Array;
  readonly more?: { readonly t: number; readonly on: boolean; readonly kind: 'a' | 'b' } | undefined;
}

const sample = objectOf<Sample>({
  name: anyText,
  counts: listOf(whole(0, 9), 5),
  raw: anyBytes,
  more: ifAny(objectOf({ t: time, on: flag, kind: oneWord('a', 'b') })),
});

function read<T>(shape: Shape<T>, value: unknown, parts = 1_000): T {
  return shape(value, { parts });
}

describe('a shape', () => {
  test('gives what fits, made anew, and without what it does not know', () => {
    const value = {
      name: 'x',
      counts: [1, 2],
      raw: 'AQI=',
      more: { t: -0.5, on: true, kind: 'b' },
      extra: 1,
    };
    expect(read(sample, value)).toEqual({
      ...{ name: 'x', counts: [1, 2], raw: Uint8Array.of(1, 2) },
      more: { t: -0.5, on: true, kind: 'b' },
    });
    expect(read(sample, { name: '', counts: [], raw: Uint8Array.of(3), more: null })).toEqual({
      ...{ name: '', counts: [], raw: Uint8Array.of(3) },
    });
  });

  test.each([
    ['a list with holes', { counts: Object.assign([], { length: 3 }) }],
    ['a list that only says that it is long', { counts: Object.assign([], { length: 2 ** 32 - 1 }) }],
    ['a list that is none', { counts: { length: 1, 0: 1 } }],
    ['a number that is too large', { counts: [10] }],
    ['half a number', { counts: [0.5] }],
    ['no number', { counts: [NaN] }],
    ['a number for text', { name: 1 }],
    ['numbers for bytes', { raw: [1, 2] }],
    ['another word', { more: { t: 0, on: true, kind: 'c' } }],
    ['a time without end', { more: { t: Infinity, on: true, kind: 'a' } }],
    ['what an object has from its kind', { more: Object.create({ t: 0, on: true, kind: 'a' }) as object }],
  ])('refuses %s', (_, wrong) => {
    expect(() => read(sample, { name: 'x', counts: [], raw: '', ...wrong })).toThrow('it is damaged');
  });

  test('refuses whatever is not an object of its kind', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        expect(() => read(sample, value)).toThrow('it is damaged');
      }),
    );
  });

  test('spends a budget, so that a list which is in itself many times over ends', () => {
    const row = [1, 1, 1, 1, 1];
    const shape = listOf(listOf(listOf(whole(), 5), 5), 5);
    const nested = Array(5).fill(Array(5).fill(row));
    expect(read(shape, nested, 155)).toHaveLength(5);
    expect(() => read(shape, nested, 154)).toThrow('it is damaged');
  });
});
