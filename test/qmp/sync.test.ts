import { expect, test } from 'vitest';
import { returnedValue, syncValue } from '../../src/qmp/sync.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test.each([
  ['{"execute": "guest-sync", "arguments": {"id": 77}}', '77'],
  ['\xff{"execute": "guest-sync-delimited", "arguments": {"id": 77}}', undefined],
  ['{"execute": "guest-sync", "arguments": {"id": 9223372036854775807}}', '9223372036854775807'],
  ['{"execute": "guest-sync", "arguments": {"id": 1.0}}', '1'],
  ['{"execute": "guest-sync", "arguments": {}}', undefined],
  ['{"execute": "guest-sync", "arguments": [1]}', undefined],
  ['{"execute": "guest-sync"}', undefined],
  [`{"execute": "guest-sync", "arguments": {"id": "${'7'.repeat(1000)}"}}`, undefined],
  ['[1]', undefined],
  ['{', undefined],
])('%s wants back %j', (command, value) => {
  expect(syncValue(bytes(command))).toBe(value);
});

test.each([
  ['{"return": 77}', '77'],
  ['{"return": 1.0, "id": 5}', '1'],
  ['{"return": {}}', '{}'],
  ['{"return": [1}', undefined],
  [`{"return": "${'7'.repeat(1000)}"}`, undefined],
  ['{"error": {"class": "GenericError", "desc": "no"}}', undefined],
  ['{"return": .}', undefined],
])('%s returns %j', (response, value) => {
  expect(returnedValue(bytes(response))).toBe(value);
});
