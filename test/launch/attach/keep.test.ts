import { expect, onTestFinished, test } from 'vitest';
import { AttachKeeper } from '../../../src/launch/attach/keep.js';
import { readInheritance } from '../../../src/launch/emulator/succession.js';
import type { Listener } from '../../../src/transport/listener.js';
import { findProgram, testUnless } from '../../support/programs.js';

const bash = findProgram('bash');

test('no keeper, and nothing to let go, before the server is known', async () => {
  const keeper = new AttachKeeper(
    { shell: 'none', needed: 'none', successor: () => [], trouble: () => undefined },
    { pid: undefined, label: undefined, path: () => '/r/a.qmptap' },
  );
  keeper.add('/run/qmp.sock', 'qmp', { fd: 999_999 } as unknown as Listener);
  await keeper.close();
});

testUnless(bash === undefined ? ['bash'] : [])(
  'a successor is told of the exchanged path, and of what was recorded',
  async () => {
    const told = new Promise<string>((resolve) => {
      const keeper = new AttachKeeper(
        {
          shell: bash ?? '',
          needed: process.execPath,
          trouble: () => undefined,
          successor: (state, path) => {
            resolve(state);
            return [process.execPath, '-e', '', path];
          },
        },
        { pid: process.pid, label: 'web1', path: () => '/r/a.qmptap' },
      );
      onTestFinished(() => keeper.close());
      keeper.add('/run/vm/monitor.sock', 'qmp', { fd: 2 } as unknown as Listener);
    });
    expect(readInheritance(await told)).toMatchObject({
      ...{ pid: process.pid, label: 'web1', previous: '/r/a.qmptap' },
      channels: [
        {
          channel: {
            address: { kind: 'unix', path: '/run/vm/monitor.sock' },
            path: '/run/vm/monitor.sock.qmptap/socket',
            exchanged: true,
          },
          sockets: { sessions: [] },
        },
      ],
    });
  },
);
