import { describe, expect, test } from 'vitest';
import { actionOf, keyHelp, keymap, keyName, type KeyPlace } from '../../../src/tui/input/keymap.js';

describe('the table of keys', () => {
  test('binds no key twice in one place', () => {
    for (const place of ['list', 'detail', 'page'] as const) {
      const keys = keymap.flatMap((binding) =>
        (binding.places as readonly KeyPlace[]).includes(place) ? [...binding.keys] : [],
      );
      expect(new Set(keys).size).toBe(keys.length);
    }
  });

  test.each([
    ['j', 'down'], ['k', 'up'], ['g', 'first'], ['G', 'last'], ['enter', 'open'], ['escape', 'back'],
    ['q', 'back'], ['Q', 'quit'], ['/', 'filter'], ['n', 'next'], ['N', 'previous'], ['F', 'follow'],
    ['p', 'pause'], ['tab', 'nextPane'], ['[', 'toCommand'], [']', 'toResponse'], ['m', 'mark'],
    [';', 'note'], ['s', 'sessions'], ['S', 'statistics'], ['P', 'pending'], ['y', 'copy'],
    ['e', 'export'], ['t', 'time'], ['?', 'help'], ['C-c', 'quit'],
  ] as const)('%s in the list: %s', (key, action) => {
    expect(actionOf(key, 'list')).toBe(action);
  }); // prettier-ignore

  test('some keys mean something else in a message, or nothing', () => {
    expect(actionOf('/', 'detail')).toBe('search');
    expect(actionOf('z', 'detail')).toBe('fold');
    expect(actionOf('z', 'list')).toBeUndefined();
    expect(actionOf('m', 'page')).toBeUndefined();
  });

  test('is the help', () => {
    expect(keyHelp(true)).toHaveLength(keymap.length);
    expect(keyHelp(false).some(({ keys }) => keys === ':')).toBe(false);
    expect(keyHelp(true)[0]).toEqual({ keys: 'j Down', help: 'one down' });
  });

  test('names keys by what they type', () => {
    expect(keyName('G', 'S-g')).toBe('G');
    expect(keyName(' ', 'space')).toBe('space');
    expect(keyName('\u0003', 'C-c')).toBe('C-c');
    expect(keyName(undefined, 'pageup')).toBe('pageup');
  });
});
