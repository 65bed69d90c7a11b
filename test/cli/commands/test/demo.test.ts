import { vi } from 'vitest';
import { demo } from '../../../../src/cli/replay/demo.js';
import { testCommand } from '../../../support/command-line.js';

vi.mock(import('../../../../src/cli/replay/demo.js'), () => ({ demo: vi.fn(() => Promise.resolve(1)) }));

const action = vi.mocked(demo);

testCommand({
  command: 'demo',
  actions: [action],
  runs: [
    ['', action, undefined],
    ['-o d.qmptap', action, 'd.qmptap'],
  ],
  refuses: [['x', /too many arguments/]],
});
