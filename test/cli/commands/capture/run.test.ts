import { vi } from 'vitest';
import { runCommand } from '../../../../src/cli/capture/run.js';
import { testCommand } from '../../../support/command-line.js';

vi.mock(import('../../../../src/cli/capture/run.js'), () => ({
  runCommand: vi.fn(() => Promise.resolve(5)),
}));

const action = vi.mocked(runCommand);

testCommand({
  command: 'run',
  actions: [action],
  runs: [
    ['-- qemu -qmp stdio -o x', action, ['qemu', '-qmp', 'stdio', '-o', 'x'], {}],
    [
      '-o a --force --label l --ui --agent --keep 2 -- qemu',
      action,
      ['qemu'],
      { output: 'a', force: true, label: 'l', ui: true, agent: true, keep: 2 },
    ],
  ],
  refuses: [
    ['', /missing required argument 'command'/],
    ['-- -qmp stdio', /^run -qmp: that is an option, not a program; write: qmptap run -- qemu/],
    ['qemu -qmp stdio', /unknown option '-qmp'/],
  ],
});
