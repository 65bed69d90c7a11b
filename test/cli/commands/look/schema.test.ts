import { vi } from 'vitest';
import { diffSchemaFiles, showSchema } from '../../../../src/cli/look/schema.js';
import { testCommand } from '../../../support/command-line.js';

vi.mock(import('../../../../src/cli/look/schema.js'), () => ({
  showSchema: vi.fn(),
  diffSchemaFiles: vi.fn(() => 3),
  loadSchema: vi.fn(),
}));

const show = vi.mocked(showSchema);
const diff = vi.mocked(diffSchemaFiles);

testCommand({
  command: 'schema',
  actions: [show, diff],
  runs: [
    ['a', show, 'a', undefined, undefined, false],
    ['a query-block -s 2 --json', show, 'a', 'query-block', 2, true],
  ],
  refuses: [
    ['', /missing required argument 'recording'/],
    ['a -s 0', /^--session 0: not a number from 1; /],
  ],
});

testCommand({
  command: 'schema diff',
  actions: [show, diff],
  runs: [
    ['a b', diff, 'a', 'b', false],
    ['a b --json', diff, 'a', 'b', true],
  ],
  refuses: [['a', /missing required argument 'other'/]],
});
