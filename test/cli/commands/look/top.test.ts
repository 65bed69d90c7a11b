import { vi } from 'vitest';
import { top } from '../../../../src/cli/look/top.js';
import { testCommand } from '../../../support/command-line.js';

vi.mock(import('../../../../src/cli/look/top.js'), () => ({ top: vi.fn(() => Promise.resolve(143)) }));

const action = vi.mocked(top);
const plain = { json: false, once: false, sort: 'waiting' } as const;

testCommand({
  command: 'top',
  actions: [action],
  runs: [
    ['', action, undefined, plain],
    ['a --once --sort errors', action, 'a', { ...plain, once: true, sort: 'errors' }],
    ['a --json', action, 'a', { ...plain, json: true }],
  ],
  refuses: [
    ['a b', /too many arguments/],
    ['a --sort size', /Allowed choices are vm, client/],
  ],
});
