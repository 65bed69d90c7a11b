import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { askHost } from '../../../src/launch/host/control-client.js';
import { answers, ControlServer } from '../../../src/launch/host/control-server.js';
import { controlSocket, hostFolder, type VmAnswer } from '../../../src/launch/host/control.js';
import { dial } from '../../../src/transport/dial.js';
import { F_DUPFD_CLOEXEC, libc } from '../../../src/transport/unix/libc.js';
import { testFolder } from '../../support/folder.js';
import { openDescriptors } from '../../support/streams.js';
import { until } from '../../support/until.js';

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

describe('who asks in bad faith', () => {
  test('many who connect and say nothing take no descriptors from VMs, and keep nobody out', async () => {
    const { recordings } = await served();
    const path = controlSocket(recordings);
    const before = openDescriptors();
    let [open, closed] = [0, 0];
    const count = 1_000;
    for (let at = 0; at < count; at++) {
      const socket = connect(path);
      onTestFinished(() => void socket.destroy());
      socket.on('error', () => undefined);
      socket.on('close', () => closed++);
      await once(socket, 'connect');
      open++;
    }
    expect(await askHost(path, { ask: 'vms' })).toHaveLength(2);
    await until('the oldest to be closed', () => closed >= count - 32);
    expect(open).toBe(count);
    // Those that are left have two ends here.
    await until('their descriptors', () => openDescriptors() - before <= 2 * 32);
  }, 60_000);

  test('one that asks and never reads is asked no more of; descriptors that come along are closed', async () => {
    const { recordings } = await served(2_000);
    const path = controlSocket(recordings);
    const stream = await dial({ kind: 'unix', path });
    onTestFinished(() => {
      stream.destroy();
    });
    await askHost(path, { ask: 'vms' }); // who came before is accepted
    const before = openDescriptors();
    const file = openSync('/dev/null', 'r');
    const question = new TextEncoder().encode(`${JSON.stringify({ ask: 'vms' })}\n`);
    let written = 0;
    for (let at = 0; at < 200; at++) {
      const copies = at < 100 ? [libc().fcntl(file, F_DUPFD_CLOEXEC, 3)] : [];
      if (stream.write(question, copies)) written++;
    }
    closeSync(file);
    expect(written).toBeGreaterThan(0);
    expect(await askHost(path, { ask: 'vms' })).toHaveLength(2_001);
    await until('the descriptors to be closed', () => openDescriptors() <= before);
    // 200 answers of some 130 kB each would be far more than is kept for one.
    let got = 0;
    await new Promise<void>((resolve) => {
      stream.start({
        data: (chunk) => {
          got += Buffer.from(chunk).toString('latin1').split('"type":"end"').length - 1;
          if (got > 150) resolve();
        },
        ended: resolve,
        gone: () => {
          resolve();
        },
        drained: () => undefined,
        ...{ closed: () => undefined, note: () => undefined },
      });
    });
    expect(got).toBeGreaterThan(150);
  });

  test('any bytes: the next one who asks is answered', async () => {
    const { recordings, left } = await served();
    const path = controlSocket(recordings);
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 6_000 }),
      fc.json().map((text) => Buffer.from(`${text}\n`)),
      fc.string({ unit: 'binary' }).map((text) => Buffer.from(`{"ask":"vms"}\n${text}\n`)),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(bytes, { maxLength: 4 }), async (chunks) => {
        const socket = connect(path);
        socket.on('error', () => undefined);
        await once(socket, 'connect');
        for (const chunk of chunks) socket.write(chunk);
        socket.end();
        socket.resume();
        await once(socket, 'close');
        expect((await askHost(path, { ask: 'vms' })).at(-1)).toMatchObject({ type: 'end' });
        expect(left()).toBe(0);
      }),
      { numRuns: 60 },
    );
  });
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
