import { vi } from 'vitest';
import { why } from '../../../../src/cli/look/why.js';
import { testCommand } from '../../../support/command-line.js';

vi.mock(import('../../../../src/cli/look/why.js'), () => ({ why: vi.fn(() => 3) }));

const action = vi.mocked(why);

testCommand({
  command: 'why',
  actions: [action],
  runs: [
    ['a.qmptap', action, ['a.qmptap'], { json: false, failOn: undefined, against: undefined }],
    [
      'a.qmptap --against p.json',
      action,
      ['a.qmptap'],
      { json: false, failOn: undefined, against: 'p.json' },
    ],
    [
      'a.qmptap folder --json --fail-on note',
      action,
      ['a.qmptap', 'folder'],
      { json: true, failOn: 'note', against: undefined },
    ],
  ],
  refuses: [
    ['', /missing required argument 'recording'/],
    ['a.qmptap --fail-on bad', /Allowed choices are note, warning, error/],
  ],
});
