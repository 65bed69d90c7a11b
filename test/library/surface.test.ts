/** What the library promises of its own surface: names for all types, a sentence for all names, a reference. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { apiReference, referencePath } from './api-reference.js';
import { Surface } from './surface.js';

describe('the library', () => {
  const surface = new Surface('src/index.ts');

  test('has a chapter for every export', () => {
    expect(surface.exports.length).toBeGreaterThan(80);
    expect(surface.chapters.flatMap(({ exports }) => exports)).toHaveLength(surface.exports.length);
    const names = surface.exports.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  test('exports every type that its user meets', () => {
    const unnamed = surface.exports.flatMap((one) =>
      surface.unnamed(one).map((type) => `${one.name}: ${type}`),
    );
    expect(unnamed).toEqual([]);
  });

  test('shows nobody a live stream', () => {
    expect(
      surface.exports.filter((one) => /\bStream\b/.test(surface.text(one))).map(({ name }) => name),
    ).toEqual([]);
  });

  test('has a sentence for every name and for every member', () => {
    const silent = surface.exports.filter((one) => surface.comment(one).text === '');
    expect(silent.map(({ name }) => name)).toEqual([]);
    const members = surface.exports.flatMap((one) =>
      surface.uncommented(one).map((name) => `${one.name}.${name}`),
    );
    expect(members).toEqual([]);
  });
});

test(`${referencePath} is up to date (npm run reference)`, async () => {
  expect(readFileSync(referencePath, 'utf8')).toBe(await apiReference());
});
