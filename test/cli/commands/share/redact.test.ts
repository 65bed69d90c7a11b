import { vi } from 'vitest';
import { listSecrets, redactCommand } from '../../../../src/cli/share/redact.js';
import { testCommand } from '../../../support/command-line.js';

vi.mock(import('../../../../src/cli/share/redact.js'), () => ({
  listSecrets: vi.fn(),
  redactCommand: vi.fn(),
}));

const lists = vi.mocked(listSecrets);
const redacts = vi.mocked(redactCommand);
const plain = { output: undefined, force: false, rules: [], anonymise: false, json: false };

testCommand({
  command: 'redact',
  actions: [lists, redacts],
  runs: [
    ['a -o b', redacts, 'a', 'b', { ...plain, output: 'b' }],
    [
      "a -o b --force --anonymise --rule key:x --rule '/y z/'",
      redacts,
      ...['a', 'b', { output: 'b', force: true, rules: ['key:x', '/y z/'], anonymise: true, json: false }],
    ],
    ['a --dry-run', lists, 'a', plain],
    ['a --dry-run --json', lists, 'a', { ...plain, json: true }],
  ],
  refuses: [
    ['', /missing required argument 'recording'/],
    ['a', /^redact: the file for the copy is not given; give -o NEW, or --dry-run$/],
    ['a -o b --dry-run', /^redact --dry-run: it writes nothing; leave out -o$/],
    ['a -o b --json', /^redact --json: it is for the list; give --dry-run with it$/],
  ],
});
