import { vi } from 'vitest';
import { check } from '../../../../src/cli/look/check.js';
import { testCommand } from '../../../support/command-line.js';

vi.mock(import('../../../../src/cli/look/check.js'), () => ({ check: vi.fn(() => 3) }));

const action = vi.mocked(check);

testCommand({
  command: 'check',
  actions: [action],
  runs: [
    ['a.qmptap b', action, ['a.qmptap', 'b'], false, undefined],
    ['a.qmptap', action, ['a.qmptap'], false, undefined],
    ['--json a.qmptap --schema b.qmptap', action, ['a.qmptap'], true, 'b.qmptap'],
  ],
  refuses: [
    ['', /missing required argument 'recording'/],
    ['a.qmptap --schema', /'--schema <recording>' argument missing/],
  ],
});
