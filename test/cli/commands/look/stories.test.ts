import { vi } from 'vitest';
import { stories } from '../../../../src/cli/look/stories.js';
import { testCommand } from '../../../support/command-line.js';

vi.mock(import('../../../../src/cli/look/stories.js'), () => ({ stories: vi.fn() }));

const action = vi.mocked(stories);

testCommand({
  command: 'stories',
  actions: [action],
  runs: [
    ['a', action, ['a'], undefined, false],
    ['a -s 4 --json', action, ['a'], 4, true],
  ],
  refuses: [
    ['', /missing required argument 'recording'/],
    ['a -s first', /^--session first: not a number from 1; /],
  ],
});
