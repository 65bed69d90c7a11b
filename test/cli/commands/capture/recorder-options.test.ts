import { Command } from 'commander';
import { expect, test } from 'vitest';
import {
  addRecorderOptions,
  checkRecorderFlags,
} from '../../../../src/cli/commands/capture/recorder-options.js';
import type { RecorderFlags } from '../../../../src/cli/capture/supervise.js';

function parsed(...words: readonly string[]): RecorderFlags {
  const command = addRecorderOptions(new Command('x')).exitOverride();
  return command.parse(words, { from: 'user' }).opts<RecorderFlags>();
}

test('the flags as they are given', () => {
  expect(parsed('-o', 'a.qmptap', '--redact', '--rule', 'key:token', '--keep', '3')).toEqual({
    ...{ output: 'a.qmptap', redact: true, rule: ['key:token'], keep: 3 },
  });
  checkRecorderFlags(parsed('--ui', '--allow-send'));
});

test.each([
  [['--json', '--quiet'], /contradict/],
  [['--ui', '--json'], /--ui: it needs the terminal/],
  [['--allow-send'], /add --ui/],
  [['--redact', '--durable'], /contradict/],
  [['--rule', 'key:x'], /give --redact/],
])('%j contradict each other', (words, message) => {
  expect(() => {
    checkRecorderFlags(parsed(...words));
  }).toThrow(message);
});

test('the terminal cannot be the UI and the traffic', () => {
  expect(() => {
    checkRecorderFlags(parsed('--ui'), true);
  }).toThrow(/--listen stdio/);
});
