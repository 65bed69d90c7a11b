import { vi } from 'vitest';
import { list } from '../../../../src/cli/look/list.js';
import { testCommand } from '../../../support/command-line.js';

vi.mock(import('../../../../src/cli/look/list.js'), () => ({ list: vi.fn() }));

const action = vi.mocked(list);

testCommand({
  command: 'ls',
  actions: [action],
  runs: [
    ['', action, undefined, false],
    ['folder/ --json', action, 'folder/', true],
  ],
  refuses: [['a b', /too many arguments/]],
});
