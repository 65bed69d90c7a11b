import { expect, vi } from 'vitest';
import { recordCommand } from '../../../../src/cli/capture/record.js';
import { testCommand } from '../../../support/command-line.js';

vi.mock(import('../../../../src/cli/capture/record.js'), () => ({
  recordCommand: vi.fn(() => Promise.resolve(130)),
}));

const action = vi.mocked(recordCommand);
const log = expect.anything() as unknown;
const oneServer = /^record: it needs one address of the server; give either --connect/;
const oneClient = /^record: it needs one address of the client; give either --listen/;

testCommand({
  command: 'record',
  actions: [action],
  runs: [
    ['-l /q -c /s', action, { listen: '/q', connect: '/s', rule: [] }, [], log],
    ['-l /q --server-listens /s', action, { listen: '/q', serverListens: '/s', rule: [] }, [], log],
    ['--dial-client /q -c /s', action, { dialClient: '/q', connect: '/s', rule: [] }, [], log],
    [
      '-l /q -c /s --exec -- ./c.py --json -o x',
      action,
      { listen: '/q', connect: '/s', exec: true, rule: [] },
      ['./c.py', '--json', '-o', 'x'],
      log,
    ],
    [
      '-l /q -c /s --label web1 --durable --once --json -o a --force --dialect qga',
      action,
      {
        ...{ listen: '/q', connect: '/s', rule: [], label: 'web1', durable: true, once: true, json: true },
        ...{ output: 'a', force: true, dialect: 'qga' },
      },
      [],
      log,
    ],
  ],
  refuses: [
    ['-c /s', oneClient],
    ['-c /s -l /q --dial-client /c', oneClient],
    ['-l /q', oneServer],
    ['-l /q -c /s --server-listens /t', oneServer],
    ['-l /q -c /s --exec', /^record: --exec and the command go together/],
    ['-l /q -c /s ls', /^record: --exec and the command go together/],
    ['-l stdio -c /s --ui', /^--ui: it needs the terminal for itself; leave out/],
    ['-l /q -c /s --dialect xml', /Allowed choices are qmp, qga/],
    ['-l /q -c /s --max-size 1k', /^--max-size 1k: a file holds at least 1M/],
  ],
});
