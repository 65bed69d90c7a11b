import { vi } from 'vitest';
import { doctorCommand, tryCommand } from '../../../../src/cli/capture/doctor.js';
import { testCommand } from '../../../support/command-line.js';

vi.mock(import('../../../../src/cli/capture/doctor.js'), () => ({
  doctorCommand: vi.fn(() => 1),
  tryCommand: vi.fn(() => Promise.resolve(1)),
}));

const [action, trying] = [vi.mocked(doctorCommand), vi.mocked(tryCommand)];

testCommand({
  command: 'doctor',
  actions: [action, trying],
  runs: [
    ['web1', action, 'web1', undefined],
    ['-c qemu:///session /a/b', action, '/a/b', 'qemu:///session'],
    ['--try --recordings /r', trying, { try: true, recordings: '/r' }],
  ],
  refuses: [
    ['', /what is to be checked\?; give a VM's name, a path, or only --try/],
    ['--try web1', /--try checks no VM that is there/],
    ['a b', /too many arguments/],
  ],
});
