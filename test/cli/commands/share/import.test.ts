import { expect, vi } from 'vitest';
import { importCommand } from '../../../../src/cli/share/import.js';
import { testCommand } from '../../../support/command-line.js';

vi.mock(import('../../../../src/cli/share/import.js'), () => ({ importCommand: vi.fn() }));

const action = vi.mocked(importCommand);
const plain = { format: 'auto', output: 'b', force: false, label: undefined, follow: false };

testCommand({
  command: 'import',
  actions: [action],
  runs: [
    ['a.log -o b', action, 'a.log', plain],
    [
      '- -o b -f --force --label web1 --format jsonl',
      action,
      '-',
      { ...plain, format: 'jsonl', force: true, label: 'web1', follow: true },
    ],
    // Without -o, named by time and file.
    [
      'logs/a.log.gz',
      action,
      'logs/a.log.gz',
      { ...plain, output: expect.stringMatching(/\/\d{8}-\d{6}-a\.log\.qmptap$/) as string },
    ],
  ],
  refuses: [
    ['', /missing required argument 'file'/],
    ['a --format qmptap-9', /Allowed choices are auto, /],
  ],
});
