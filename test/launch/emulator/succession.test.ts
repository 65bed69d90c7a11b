import { expect, test } from 'vitest';
import { firstKept } from '../../../src/launch/emulator/keeper-script.js';
import { readInheritance, successionOf } from '../../../src/launch/emulator/succession.js';
import type { TappedChannel } from '../../../src/launch/emulator/held-sockets.js';

const monitor: TappedChannel = {
  ...{ name: 'charmonitor', dialect: 'qmp', path: '/run/vm/tap-0.sock' },
  address: { kind: 'fd', fd: 21 },
};
const agent: TappedChannel = {
  ...{ name: 'agent', dialect: 'qga', path: '/run/vm/tap-1.sock' },
  address: { kind: 'unix', path: '/run/vm/a b.sock' },
};
const vm = { pid: 77, label: "it's", note: 'qemu -S' };

/** What a recorder would start as its successor. */
function written(
  channels: Parameters<ReturnType<typeof successionOf>['successor']>[0],
  note = vm.note,
): string {
  const options = {
    ...{ recordings: '/rec', limits: {}, shell: 'bash', needed: 'main.js' },
    successor: (state: string) => ['node', state],
    trouble: () => undefined,
  };
  const [, state = ''] = successionOf(options, { ...vm, note }, () => '/rec/one.qmptap').successor(channels);
  return state;
}

test('a successor reads what was written for it', () => {
  const state = written([
    { channel: monitor, sessions: 2 },
    { channel: agent, sessions: 0 },
  ]);
  expect(readInheritance(state)).toEqual({
    ...{ ...vm, previous: '/rec/one.qmptap' },
    channels: [
      {
        channel: monitor,
        sockets: {
          listener: firstKept,
          sessions: [
            { client: firstKept + 1, server: firstKept + 2 },
            { client: firstKept + 3, server: firstKept + 4 },
          ],
        },
      },
      { channel: agent, sockets: { listener: firstKept + 5, sessions: [] } },
    ],
  });
});

test('a long command line of QEMU is cut, so that it is one argument for the kernel', () => {
  const state = written([{ channel: monitor, sessions: 1 }], '\u001b'.repeat(200_000));
  expect(Buffer.byteLength(state)).toBeLessThan(128 << 10);
});

test('a successor reads what qmptap 0.1.0 wrote: one channel, whose sockets begin at 3', () => {
  const channel = { ...monitor, address: 'fd:21' };
  const old = JSON.stringify({ channel, sessions: 1, ...vm, previous: '/rec/old.qmptap' });
  expect(readInheritance(old)).toEqual({
    ...{ ...vm, previous: '/rec/old.qmptap' },
    channels: [{ channel: monitor, sockets: { listener: 3, sessions: [{ client: 4, server: 5 }] } }],
  });
});

test('anything else is refused in one line', () => {
  expect(() => readInheritance('x')).toThrow('interpose --take-over: qmptap did not write this text');
});
