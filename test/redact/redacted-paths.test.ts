import { expect, test } from 'vitest';
import { printPath } from '../../src/json/path.js';
import { redactedPaths } from '../../src/redact/redacted-paths.js';

const paths = (json: string): string[] => redactedPaths(new TextEncoder().encode(json)).map(printPath);

test('where tokens are, of whatever type', () => {
  expect(
    paths(
      '{"a": "[redacted:1]", "b": ["x", "in [redacted:2]", 7072510000000003], "c": "W3JlZGFjdGVkOjRd", "d": 1}',
    ),
  ).toEqual(['a', 'b[1]', 'b[2]', 'c']);
});

test('none in a message without', () => {
  expect(paths('{"return": {"status": "running"}}')).toEqual([]);
});
