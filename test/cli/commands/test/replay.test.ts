import { expect, vi } from 'vitest';
import { dryRunCommand, replayClientCommand } from '../../../../src/cli/replay/replay-client.js';
import { explainUnstable } from '../../../../src/cli/replay/replay-explain.js';
import { replayServerCommand } from '../../../../src/cli/replay/replay-server.js';
import { testCommand } from '../../../support/command-line.js';

vi.mock(import('../../../../src/cli/replay/replay-client.js'), () => ({
  dryRunCommand: vi.fn(),
  replayClientCommand: vi.fn(() => Promise.resolve(3)),
}));
vi.mock(import('../../../../src/cli/replay/replay-explain.js'), () => ({ explainUnstable: vi.fn() }));
vi.mock(import('../../../../src/cli/replay/replay-server.js'), () => ({
  replayServerCommand: vi.fn(() => Promise.resolve(3)),
}));

const server = vi.mocked(replayServerCommand);
const client = vi.mocked(replayClientCommand);
const dryRun = vi.mocked(dryRunCommand);
const explains = vi.mocked(explainUnstable);
const actions = [server, client, dryRun, explains];

/** Flags that are there, and the program's own. */
function flags(given: object): unknown {
  return expect.objectContaining({ logLevel: 'info', logFormat: 'pretty', ...given });
}

testCommand({
  command: 'replay server',
  actions,
  runs: [
    ['a --dial-client /c', server, 'a', flags({ dialClient: '/c', match: 'strict', onMiss: 'error' }), []],
    ['a -l /q', server, 'a', flags({ listen: '/q', match: 'strict', onMiss: 'error' }), []],
    [
      'a -l /q --match content --repeat query-* --repeat x --once -s 2 --timeout 0.5 --pacing x10',
      server,
      'a',
      flags({
        ...{ match: 'content', repeat: ['query-*', 'x'], once: true, session: 2, timeout: 500 },
        pacing: 'x10',
      }),
      [],
    ],
    [
      'a -l /q --on-miss forward --upstream /u -o b --force --keep --ui --report r.xml',
      server,
      'a',
      flags({
        ...{ onMiss: 'forward', upstream: '/u', output: 'b', force: true, keep: true, ui: true },
        report: 'r.xml',
      }),
      [],
    ],
    ['a --exec -- ./c.py --json', server, 'a', flags({ exec: true }), ['./c.py', '--json']],
    ["--explain --ignore '**.mac'", explains, ['**.mac']],
  ],
  refuses: [
    ['', /^replay server: the recording is not given; give its file$/],
    [
      'a',
      /^replay server: it needs an address.*; give --listen ADDR, --dial-client ADDR or --exec -- COMMAND$/,
    ],
    ['a -l /q --dial-client /c', /^--listen and --dial-client: they contradict each other; give one$/],
    ['a -l /q pytest', /--exec and the command go together/],
    ['a --exec', /--exec and the command go together/],
    ['a -l /q --once --keep', /^--once and --keep: they contradict each other; give one$/],
    ['a -l /q --match any', /Allowed choices are strict, content/],
    ['a -l /q --on-miss retry', /Allowed choices are error, close, forward/],
    ...['soon', '0', '1.2345', '-1'].map(
      (value) =>
        [`a -l /q --timeout ${value}`, /^--timeout .*: not a number of seconds; write 10 or 0\.5/] as const,
    ),
  ],
});

testCommand({
  command: 'replay client',
  actions,
  runs: [
    ['a -c /q', client, 'a', '/q', flags({ connect: '/q' })],
    [
      'a -c /q --read-only --fd m=/x --fd n=/y --ignore a.b -s 3',
      client,
      'a',
      '/q',
      flags({ readOnly: true, fd: ['m=/x', 'n=/y'], ignore: ['a.b'], session: 3 }),
    ],
    ['a --dry-run --read-only', dryRun, 'a', { dryRun: true, readOnly: true }],
    ['--explain', explains, []],
  ],
  refuses: [
    ['', /^replay client: the recording is not given/],
    ['a', /; give either --connect ADDR or --dry-run$/],
    ['a -c /q --dry-run', /; give either --connect ADDR or --dry-run$/],
    ['a -c /q -s x', /^--session x: not a number from 1/],
  ],
});
