import { expect, test } from 'vitest';
import { asciiText, isAsciiOnly } from '../../src/text/ascii.js';

test('one cell for one; what is not ours is the caller’s to replace', () => {
  expect(asciiText('3µs…▁█é', (unit) => `<${unit.charCodeAt(0)}>`)).toBe('3us~.#<233>');
});

test.each([
  [{}, false],
  [{ LANG: 'C' }, true],
  [{ LANG: 'C', LC_ALL: 'de_DE.UTF-8' }, false],
  [{ LC_ALL: '', LC_CTYPE: 'en_US.utf8', LANG: 'C' }, false],
])('%j', (env, only) => {
  expect(isAsciiOnly(env)).toBe(only);
});
