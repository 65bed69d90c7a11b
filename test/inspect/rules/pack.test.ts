import { expect, test } from 'vitest';
import { rulePack } from '../../../src/inspect/rules/pack.js';

test('each rule says what it means and why it happens', () => {
  expect(rulePack().length).toBeGreaterThan(15);
  for (const { name, title, cause } of rulePack()) {
    expect(title, name).not.toMatch(/[.]$/);
    expect(cause, name).toMatch(/[.]$/);
  }
});

test('each value that a title speaks of is named by its rule', () => {
  for (const { name, title, text } of rulePack())
    for (const [used] of title?.matchAll(/\$\w+/g) ?? []) expect(text, name).toContain(used);
});
