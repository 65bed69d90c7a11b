import { expect, test } from 'vitest';
import { namedTexts } from '../../../src/redact/anonymise/named-places.js';

const names = (text: string): string[] =>
  namedTexts.flatMap(({ pattern, kind }) =>
    Array.from(text.matchAll(pattern), ([, name]) => `${kind} ${name ?? ''}`),
  );

test.each<[string, string[]]>([
  ['qemu -name guest=web,debug-threads=on', ['vm web']],
  ['qemu -name web -m 1G', ['vm web']],
  ['/run/domain-3-web/x', ['vm web']],
  ['file.host=db.acme,port=1', ['host db.acme']],
  ['https://me:pw@db.acme:80/x', ['host db.acme']],
  ['tcp:db:4444', ['host db']],
  ['/home/ann/x', ['user ann']],
  ['user=ann', ['user ann']],
  ['a tcp:10.0.0.1:1', []],
])('%s', (text, expected) => {
  expect(names(text)).toEqual(expected);
});
