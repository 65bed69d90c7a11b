import { expect, test } from 'vitest';
import { exportInput } from '../../../src/cli/share/export-input.js';

test('gives an exporter a hash as a Content-Security-Policy has it', () => {
  const input = exportInput({
    ...{ info: undefined as never, sessions: [], messages: [], marks: [], reference: 'a' },
    omit: () => undefined,
  });
  // `printf abc | openssl dgst -sha256 -binary | base64`
  expect(input.sha256('abc')).toBe('ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=');
  expect(input.reference).toBe('a');
});
