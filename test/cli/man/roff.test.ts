import fc from 'fast-check';
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { bold, italic, literal, prose } from '../../../src/cli/man/roff.js';
import { labTest } from '../../support/programs.js';

test('code between backticks is bold', () => {
  expect(prose('see `qmptap ls -h` or -h')).toBe('see \\fBqmptap ls \\-h\\fR or \\-h');
  expect(bold('a') + italic('b')).toBe('\\fBa\\fR\\fIb\\fR');
});

test.each([
  ['.so /etc/passwd', '\\&.so /etc/passwd'],
  ["'br", '\\(aqbr'],
  ['a\\b', 'a\\eb'],
  ['…', '\\[u2026]'],
])('%s is not obeyed', (text, roff) => {
  expect(literal(text)).toBe(roff);
});

labTest('groff')('every printable text comes out as it went in', () => {
  const line = fc.stringMatching(/^[!-~]([ -~]{0,30}[!-~])?$/);
  fc.assert(
    fc.property(fc.array(line, { minLength: 20, maxLength: 20 }), (lines) => {
      const input = ['.nf', ...lines.map(literal)].join('\n');
      // A device that prints hyphens and quotes as the ASCII that they are.
      const { stdout } = spawnSync('groff', ['-T', 'ascii', '-P-c'], {
        input: `${input}\n`,
        encoding: 'utf8',
      });
      expect(stdout.split('\n').filter((text) => text !== '')).toEqual(lines);
    }),
    { numRuns: 25 },
  );
});
