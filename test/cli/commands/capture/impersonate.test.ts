import { vi } from 'vitest';
import { impersonateCommand } from '../../../../src/cli/capture/impersonate.js';
import { testCommand } from '../../../support/command-line.js';

vi.mock(import('../../../../src/cli/capture/impersonate.js'), () => ({ impersonateCommand: vi.fn() }));

const action = vi.mocked(impersonateCommand);

testCommand({
  command: 'impersonate',
  hidden: true,
  actions: [action],
  runs: [
    ['--replay a b -- -qmp stdio', action, ['-qmp', 'stdio'], { replay: ['a', 'b'] }],
    ['--daemon --replay a -- --version', action, ['--version'], { replay: ['a'], daemon: true }],
  ],
  refuses: [['-- -qmp stdio', /required option '--replay <path\.\.\.>' not specified/]],
});
