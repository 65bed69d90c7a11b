import { vi } from 'vitest';
import { diff } from '../../../../src/cli/look/diff.js';
import { testCommand } from '../../../support/command-line.js';

vi.mock(import('../../../../src/cli/look/diff.js'), () => ({ diff: vi.fn(() => 3) }));

const action = vi.mocked(diff);

testCommand({
  command: 'diff',
  actions: [action],
  runs: [
    ['a b', action, 'a', 'b', { ignore: [], sessions: undefined, json: false, first: false }],
    [
      "a b -s 2 --ignore 'return[*].x' --ignore '**.id' --json",
      action,
      ...['a', 'b', { ignore: ['return[*].x', '**.id'], sessions: [2, 2], json: true, first: false }],
    ],
    ['a b --first', action, 'a', 'b', { ignore: [], sessions: undefined, json: false, first: true }],
    ['a b --session 1,12', action, 'a', 'b', { ignore: [], sessions: [1, 12], json: false, first: false }],
  ],
  refuses: [
    ['a', /missing required argument 'other'/],
    ...['0', '1,0', '1,2,3', 'x', '1.5'].map(
      (value) => [`a b -s ${value}`, new RegExp(`^--session ${value}: not .*; .qmptap ls FILE`)] as const,
    ),
  ],
});
