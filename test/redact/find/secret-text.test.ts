import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { merged } from '../../../src/redact/find/found-secret.js';
import { isSecretFlag, secretParts } from '../../../src/redact/find/secret-text.js';

/** The text with `<…>` around what is a secret. */
function marked(text: string): string {
  let out = '';
  let at = 0;
  for (const { start, end } of merged(secretParts(text))) {
    out += `${text.slice(at, start)}<${text.slice(start, end)}>`;
    at = end;
  }
  return out + text.slice(at);
}

describe('how far a secret goes', () => {
  test.each([
    'a,password=<b>,c=d',
    'a,password=<b,,c>,d=e',
    'a,password=<b,,c,,>,d=e',
    'password=<p{w}&;x"y>,d=e',
    '"a,password=<b c>,d=e" f',
    `'password=<b c>' f`,
    'drive_add 0 password=<b> if=none',
    'password="<a b\\"c>" d',
    '{"password": "<a>", "b": "password-secret"}',
    `{'password':'<a>'}`,
    '{"a":"{\\"password\\":\\"<x\\\\\\"y>\\"}"}',
    '{"password": <4711>}',
    '{"password": true}',
    'password=on,x=y',
    'password: <a>, b',
    'Cookie: <a=b; c=d>\r\nHost: x',
    'Authorization: <Bearer abc.def>\r\n',
    'run --password <abc> --user x',
    'run --no-password abc',
    'exec:curl -u me:<abc> -T - https://h/x',
    'curl --user "me:<a b>"',
    'https://<me:p@ss>@host/a@b',
    'https:\\/\\/<me:pw>@host',
    'file=http://h,user=a@b',
    'https://h/x?a=b&token=<c,d>&e=f#g',
    'https://h/x?token=<c>,if=none',
    'rbd:p/i:id=admin:key=<AQ==\\:x>:mon_host=h',
    '{"\\u0070assword":"<a>","b":1}',
    'secret,id=s,data=<a> b',
    'memory,id=m,data=a',
  ])('%s', (expected) => {
    expect(marked(expected.replace(/[<>]/g, ''))).toBe(expected);
  });

  test('the work is in proportion to the text', () => {
    // Each of these is quadratic where a search begins anew at every place.
    for (const piece of [
      '\\',
      '"',
      'password',
      'password=',
      '://',
      'rbd:',
      '?a=',
      "'",
      ' ',
      '--',
      '{',
      'data=secret,',
    ]) {
      expect(secretParts(piece.repeat(200_000 / piece.length)).length).toBeGreaterThanOrEqual(0);
    }
  });

  test('parts lie in the text, whatever it is', () => {
    const piece = fc.constantFrom(
      'password',
      '=',
      ':',
      '"',
      '\\',
      "'",
      ',',
      ' ',
      'a',
      '://',
      '@',
      '?',
      '&',
      '\\u0070',
      '--',
      '\n',
      'key',
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const text = pieces.join('');
        for (const { start, end } of secretParts(text)) {
          expect(start).toBeLessThan(end);
          expect(start).toBeGreaterThanOrEqual(0);
          expect(end).toBeLessThanOrEqual(text.length);
        }
      }),
    );
  });
});

test('flags whose next word is a secret', () => {
  expect(
    ['--password', '-passwd', '--vnc-password', '--no-password', 'password', '--password-file'].map(
      isSecretFlag,
    ),
  ).toEqual([true, true, true, false, false, false]);
});
