import { expect, test } from 'vitest';
import {
  collect,
  contradiction,
  execWithoutCommand,
  numberFromOne,
  sessionNumber,
} from '../../../src/cli/commands/values.js';

test('a flag that is given again is added, and the default stays as it was', () => {
  const none: string[] = [];
  expect(collect('b', collect('a', none))).toEqual(['a', 'b']);
  expect(none).toEqual([]);
});

test.each(['1', '42', '999999999'])('%s is a number from 1', (text) => {
  expect(sessionNumber(text)).toBe(Number(text));
});

test.each(['', '0', '01', '-1', '+1', '1.0', '1e3', '1234567890', ' 1', '٣'])('%j is none', (text) => {
  expect(() => numberFromOne('--seq', text, 'write 10')).toThrow(
    expect.objectContaining({ subject: `--seq ${text}`, remedy: 'write 10', exitCode: 2 }),
  );
});

test('errors that several commands share say what to do', () => {
  expect(contradiction('--a', '--b').message).toBe('--a and --b: they contradict each other; give one');
  expect(execWithoutCommand('record', './x').message).toBe(
    'record: --exec and the command go together; write --exec -- ./x, for example',
  );
});
