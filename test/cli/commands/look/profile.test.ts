import { vi } from 'vitest';
import { profile } from '../../../../src/cli/look/profile.js';
import { testCommand } from '../../../support/command-line.js';

vi.mock(import('../../../../src/cli/look/profile.js'), async (original) => ({
  ...(await original()),
  profile: vi.fn(),
}));

const action = vi.mocked(profile);
const options = { output: undefined, force: false, timeouts: false, json: false };

testCommand({
  command: 'profile',
  actions: [action],
  runs: [
    ['a b', action, ['a', 'b'], options],
    ['a -o p.json --force', action, ['a'], { ...options, output: 'p.json', force: true }],
    ['a --timeouts --json', action, ['a'], { ...options, timeouts: true, json: true }],
  ],
  refuses: [['', /missing required argument 'recording'/]],
});
