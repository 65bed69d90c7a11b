import { vi } from 'vitest';
import { emulatorCommand } from '../../../../src/cli/capture/emulator.js';
import { testCommand } from '../../../support/command-line.js';

vi.mock(import('../../../../src/cli/capture/emulator.js'), () => ({ emulatorCommand: vi.fn() }));

const action = vi.mocked(emulatorCommand);
const needsOne = /^emulator: it either records or replays; give one of --recordings DIR and --replay FILE$/;

testCommand({
  command: 'emulator',
  actions: [action],
  runs: [
    ['e --qemu q --recordings r', action, 'e', { qemu: 'q', recordings: 'r' }],
    [
      'e --qemu q --recordings r --agent --probe --force --keep 3 --max-size 1M --max-sessions 2',
      action,
      'e',
      {
        ...{ qemu: 'q', recordings: 'r', agent: true, probe: true, force: true },
        ...{ keep: 3, maxSize: 1 << 20, maxSessions: 2 },
      },
    ],
    [
      '/e --qemu /q --recordings /r --for-root ./image',
      action,
      '/e',
      { qemu: '/q', recordings: '/r', forRoot: './image' },
    ],
    ['e --replay a b --replay c', action, 'e', { replay: ['a', 'b', 'c'] }],
    ['e --replay a --qemu q', action, 'e', { replay: ['a'], qemu: 'q' }],
  ],
  refuses: [
    ['', /missing required argument 'file'/],
    ['e', needsOne],
    ['e --qemu q', needsOne],
    ['e --recordings r --replay a', needsOne],
    ['e --recordings r', /^emulator: the QEMU to start is not given; give --qemu/],
    ...['--agent', '--probe', '--keep 1', '--max-size 1M', '--max-sessions 1'].map(
      (flag) => [`e --replay a ${flag}`, /^emulator --replay: it records nothing; leave out/] as const,
    ),
    ['e --qemu q --recordings r --keep 0', /^--keep 0: not a number from 1; write 10/],
  ],
});
