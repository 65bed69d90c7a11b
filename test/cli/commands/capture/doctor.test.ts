import { vi } from 'vitest';
import { doctorCommand } from '../../../../src/cli/capture/doctor.js';
import { testCommand } from '../../../support/command-line.js';

vi.mock(import('../../../../src/cli/capture/doctor.js'), () => ({ doctorCommand: vi.fn(() => 1) }));

const action = vi.mocked(doctorCommand);

testCommand({
  command: 'doctor',
  actions: [action],
  runs: [
    ['web1', action, 'web1', undefined],
    ['-c qemu:///session /a/b', action, '/a/b', 'qemu:///session'],
  ],
  refuses: [
    ['', /missing required argument 'vm\|file'/],
    ['a b', /too many arguments/],
  ],
});
