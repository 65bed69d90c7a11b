import { describe, expect, test } from 'vitest';
import { UsageError } from '../../src/errors.js';
import { printPath } from '../../src/json/path.js';
import { Unstable, unstableRules } from '../../src/recording/unstable.js';

describe('Unstable', () => {
  test('gives the declared paths of a message, and those to be ignored in all', () => {
    const unstable = new Unstable(['**.foo']);
    expect(unstable.pathsFor('response', 'query-cpus-fast').map(printPath)).toEqual([
      'return[*].thread-id',
      '**.foo',
    ]);
    expect(unstable.pathsFor('event', 'STOP').map(printPath)).toEqual(['timestamp', '**.foo']);
    expect(unstable.pathsFor('command', undefined).map(printPath)).toEqual(['**.foo']);
    expect(unstable.pathsFor('event', 'STOP')).toBe(unstable.pathsFor('event', 'STOP'));
  });

  test('says which path cannot be read', () => {
    expect(() => new Unstable(['a..b'])).toThrow(UsageError);
  });

  test('every rule gives its reason', () => {
    for (const { because, of } of unstableRules) {
      expect(because).not.toBe('');
      expect(of).not.toBe('');
    }
  });
});
