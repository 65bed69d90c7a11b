import { once } from 'node:events';
import { mkdirSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { askHost } from '../../../src/launch/host/control-client.js';
import { answers, ControlServer } from '../../../src/launch/host/control-server.js';
import { controlSocket, hostFolder, type VmAnswer } from '../../../src/launch/host/control.js';
import { testFolder } from '../../support/folder.js';

const vm: VmAnswer = { type: 'vm', label: 'web1', state: 'recorded', channels: [] };

function controlled(count = 1): {
  host: { answers: () => Iterable<VmAnswer>; sessions: number };
  leave: () => void;
  left: () => number;
} {
  let left = 0;
  return {
    host: { answers: () => Array.from({ length: count }, () => vm), sessions: 2 },
    leave: () => {
      left++;
    },
    left: () => left,
  };
}

async function served(count?: number): Promise<{ recordings: string; left: () => number }> {
  const recordings = testFolder();
  mkdirSync(hostFolder(recordings));
  const server = await ControlServer.listen(controlSocket(recordings));
  onTestFinished(() => {
    server.close();
  });
  const host = controlled(count);
  server.serve(host);
  return { recordings, left: host.left };
}

test('answers with all VMs, however many, and leaves when told to', async () => {
  const { recordings, left } = await served(5000);
  expect(statSync(controlSocket(recordings)).mode & 0o777).toBe(0o600);
  const found = await askHost(controlSocket(recordings), { ask: 'vms' });
  expect(found).toHaveLength(5001);
  expect(found[0]).toEqual(vm);
  expect(found.at(-1)).toEqual({ type: 'end', pid: process.pid, sessions: 2 });
  expect(left()).toBe(0);
  expect(await askHost(controlSocket(recordings), { ask: 'leave' })).toHaveLength(1);
  expect(left()).toBe(1);
});

test('one host a folder', async () => {
  const { recordings } = await served();
  await expect(ControlServer.listen(controlSocket(recordings))).rejects.toThrow(
    `${recordings}: a host records into this folder already; end it with`,
  );
});

test('a line without an end is not kept for ever', async () => {
  const { recordings } = await served();
  const socket = connect(controlSocket(recordings));
  socket.on('error', () => undefined);
  socket.write('x'.repeat(10_000));
  await once(socket, 'close');
});

describe('what is asked', () => {
  test('anything that is no question is told so, and does nothing', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.json(), fc.constant('{"ask":"stop"}'), fc.constant('null')),
        (line) => {
          const host = controlled();
          expect([...answers(line, host)]).toEqual([
            { type: 'error', reason: 'ask one of these: vms, leave' },
          ]);
          expect(host.left()).toBe(0);
        },
      ),
    );
  });
});
