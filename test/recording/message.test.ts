import { expect, test } from 'vitest';
import { memberOf } from '../../src/recording/message.js';
import { message } from '../support/message.js';

test.each([
  ['{"return": 3, "id": inf}', '3'],
  ['{"error": {}}', undefined],
  ['[{"return": 3}]', undefined],
  ['{"return": ', undefined],
])('the member of %s', (text, expected) => {
  const found = memberOf(message('success', text).raw, 'return');
  expect(found && (found as { text: string }).text).toBe(expected);
});
