import { expect, vi } from 'vitest';
import { complete } from '../../../src/cli/completion/complete.js';
import { completionScript } from '../../../src/cli/completion/scripts.js';
import { testCommand } from '../../support/command-line.js';

vi.mock(import('../../../src/cli/completion/complete.js'), () => ({
  complete: vi.fn(() => Promise.resolve('')),
}));
vi.mock(import('../../../src/cli/completion/scripts.js'), async (original) => ({
  ...(await original()),
  completionScript: vi.fn(() => ''),
}));

const script = vi.mocked(completionScript);
const completes = vi.mocked(complete);

testCommand({
  command: 'completion',
  actions: [script],
  runs: [['fish', script, 'fish']],
  refuses: [
    ['', /missing required argument 'shell'/],
    ['tcsh', /Allowed choices are bash, zsh, fish/],
  ],
});

testCommand({
  command: 'complete',
  hidden: true,
  actions: [completes],
  runs: [
    [
      "bash 'qmptap sh'",
      completes,
      expect.objectContaining({ _name: 'qmptap' }),
      'bash',
      'qmptap sh',
      undefined,
    ],
    ["zsh 'qmptap sh' x", completes, expect.objectContaining({ _name: 'qmptap' }), 'zsh', 'qmptap sh', 'x'],
  ],
  refuses: [
    ['bash', /missing required argument 'line'/],
    ['tcsh x', /Allowed choices are bash, zsh, fish/],
  ],
});
