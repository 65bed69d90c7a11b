import { expect, test } from 'vitest';
import { withoutSecrets } from '../../../src/launch/qemu/secrets.js';

test('the arguments of a note tell all but the secrets', () => {
  expect(withoutSecrets(['-object', 'secret,id=s,data=pw', '-m', '1G'])).toEqual([
    '-object',
    'secret,id=s,data=[secret]',
    '-m',
    '1G',
  ]);
});
