import { describe, expect, test } from 'vitest';
import { closest, didYouMean } from '../../src/text/closest.js';

describe('closest', () => {
  test.each([
    ['drivre', 'driver'],
    ['drive', 'driver'],
    ['node', undefined],
    ['nodename', 'node-name'],
    ['xxxxxx', undefined],
    ['', undefined],
  ])('%s: %s', (word, found) => {
    expect(closest(word, ['driver', 'node-name', 'read-only'])).toBe(found);
  });

  test('gives the first of equals', () => {
    expect(closest('ab', ['ax', 'bb'])).toBe('ax');
  });

  test('is said as a question', () => {
    expect(didYouMean('cdm', ['cmd'])).toBe("; did you mean 'cmd'?");
    expect(didYouMean('zzz', ['cmd'])).toBe('');
  });
});
