import { expect, vi } from 'vitest';
import { hostCommand, leaveCommand } from '../../../../src/cli/capture/host/host.js';
import { installCommand, uninstallCommand } from '../../../../src/cli/capture/host/host-install.js';
import { holdCommand } from '../../../../src/cli/capture/host/host-holder.js';
import { testCommand } from '../../../support/command-line.js';

vi.mock(import('../../../../src/cli/capture/host/host.js'), () => ({
  hostCommand: vi.fn(() => Promise.resolve(130)),
  leaveCommand: vi.fn(() => Promise.resolve()),
}));
vi.mock(import('../../../../src/cli/capture/host/host-holder.js'), () => ({
  holdCommand: vi.fn(() => Promise.resolve()),
}));

vi.mock(import('../../../../src/cli/capture/host/host-install.js'), () => ({
  installCommand: vi.fn(),
  uninstallCommand: vi.fn(() => Promise.resolve()),
}));

const [install, uninstall] = [vi.mocked(installCommand), vi.mocked(uninstallCommand)];
const [host, leave, hold] = [vi.mocked(hostCommand), vi.mocked(leaveCommand), vi.mocked(holdCommand)];
const log = expect.anything() as unknown;
const none = { watch: [], include: [], exclude: [], rule: [], agent: true };

testCommand({
  command: 'host',
  actions: [host, leave, hold, install, uninstall],
  runs: [
    ['', host, none, log],
    [
      '--recordings /r --watch /a/* --watch /b/* --include web* --exclude x --no-agent --json --keep 3',
      host,
      {
        ...{ watch: ['/a/*', '/b/*'], include: ['web*'], exclude: ['x'], rule: [] },
        ...{ recordings: '/r', agent: false, json: true, keep: 3 },
      },
      log,
    ],
    ['--redact --rule key:a', host, { ...none, redact: true, rule: ['key:a'] }, log],
    ['leave', leave, expect.anything(), log],
    ['leave --recordings /r', leave, expect.objectContaining({ recordings: '/r' }), log],
    [
      'install --keep 3 --watch /a/* --root /x',
      install,
      expect.objectContaining({ keep: 3, watch: ['/a/*'], root: '/x', agent: true }),
    ],
    [
      'install --print --no-agent',
      install,
      expect.objectContaining({ print: true, agent: false, root: '/' }),
    ],
    ['uninstall --root /x', uninstall, { root: '/x' }],
    [
      'hold --address /a --pid 7 -- node main.js host --json',
      hold,
      ['node', 'main.js', 'host', '--json'],
      { address: '/a', pid: '7' },
    ],
  ],
  refuses: [
    ['--durable --redact', /^--redact and --durable: they contradict each other/],
    ['--rule key:a', /^--rule: it says what else to redact; give --redact/],
    ['--keep 0', /^--keep 0: /],
    ['nothing', /too many arguments|unknown command/],
  ],
});
