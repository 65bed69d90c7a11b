import { vi } from 'vitest';
import { uiCommand } from '../../../../src/cli/ui/ui.js';
import { testCommand } from '../../../support/command-line.js';

vi.mock(import('../../../../src/cli/ui/ui.js'), () => ({ uiCommand: vi.fn(() => Promise.resolve(143)) }));

const action = vi.mocked(uiCommand);

testCommand({
  command: 'ui',
  actions: [action],
  runs: [
    ['', action, [], ''],
    ["a kind:error or 'dur>1s'", action, ['a'], 'kind:error or dur>1s'],
  ],
  refuses: [['a --follow', /unknown option '--follow'/]],
});
