import { vi } from 'vitest';
import { stats } from '../../../../src/cli/look/stats.js';
import { testCommand } from '../../../support/command-line.js';

vi.mock(import('../../../../src/cli/look/stats.js'), () => ({ stats: vi.fn() }));

const action = vi.mocked(stats);
const plain = { filter: '', session: undefined, json: false } as const;

testCommand({
  command: 'stats',
  actions: [action],
  runs: [
    ['a', action, ['a'], plain],
    ['a b.qmptap --json -s 1', action, ['a', 'b.qmptap'], { ...plain, session: 1, json: true }],
    ['a cmd:x b.qmptap dur:1', action, ['a', 'b.qmptap'], { ...plain, filter: 'cmd:x dur:1' }],
    ['a label:b.qmptap', action, ['a'], { ...plain, filter: 'label:b.qmptap' }],
  ],
  refuses: [
    ['', /missing required argument 'recording'/],
    ['a -s 1,2', /^--session 1,2: not a number from 1; /],
  ],
});
