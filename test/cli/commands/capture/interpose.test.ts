import { vi } from 'vitest';
import { interposeCommand } from '../../../../src/cli/capture/interpose.js';
import { testCommand } from '../../../support/command-line.js';

vi.mock(import('../../../../src/cli/capture/interpose.js'), () => ({ interposeCommand: vi.fn() }));

const action = vi.mocked(interposeCommand);
const must = { recordings: 'r', shell: '/bin/bash' };

testCommand({
  command: 'interpose',
  hidden: true,
  actions: [action],
  runs: [
    [
      // As the script of `qmptap emulator` starts it.
      "--recordings r --shell /bin/bash --pid 7 --qemu q --agent --inherited '3 4' --log 9 --keep 2 -- -qmp stdio",
      action,
      ['-qmp', 'stdio'],
      { ...must, pid: '7', qemu: 'q', agent: true, inherited: '3 4', log: '9', keep: 2 },
    ],
    [
      // As its keeper starts another.
      '--recordings r --shell /bin/bash --max-size 1048576 --unrecorded --take-over s',
      action,
      [],
      { ...must, maxSize: 1 << 20, unrecorded: true, takeOver: 's' },
    ],
  ],
  refuses: [
    ['--shell s', /required option '--recordings <dir>' not specified/],
    ['--recordings r', /required option '--shell <path>' not specified/],
  ],
});
