import { vi } from 'vitest';
import { state } from '../../../../src/cli/look/state.js';
import { testCommand } from '../../../support/command-line.js';

vi.mock(import('../../../../src/cli/look/state.js'), () => ({ state: vi.fn() }));

const action = vi.mocked(state);
const options = { at: undefined, diff: [], session: undefined, json: false };

testCommand({
  command: 'state',
  actions: [action],
  runs: [
    ['a', action, ['a'], options],
    ['a --at 7 -s 2 --json', action, ['a'], { ...options, at: '7', session: 2, json: true }],
    ['a --diff 1s 2s', action, ['a'], { ...options, diff: ['1s', '2s'] }],
  ],
  refuses: [
    ['', /missing required argument 'recording'/],
    ['a -s first', /^--session first: not a number from 1; /],
  ],
});
