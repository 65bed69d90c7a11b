import { expect, test } from 'vitest';
import { levels } from '../../../src/inspect/rules/rule.js';

test('levels go from the least to the most, in SARIF’s words', () => {
  expect(levels).toEqual(['note', 'warning', 'error']);
});
