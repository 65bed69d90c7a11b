import { execFileSync } from 'node:child_process';
import { closeSync, constants, existsSync, mkdirSync, openSync, readdirSync, readSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { findChannels } from '../../../src/launch/qemu/channels.js';
import { openRecording } from '../../../src/store/index/open.js';
import { testFolder } from '../../support/folder.js';
import { qmptap, type Running, start } from '../../support/process.js';
import { QmpClient } from '../../support/qmp-client.js';
import { greeting } from '../../support/recorded.js';
import { until } from '../../support/until.js';

interface Recorder {
  readonly running: Running;
  readonly qemu: Running;
  readonly recordings: string;
  /** Its answer so far. */
  readonly answer: () => string;
  /** Reads no more of it, as an emulator that becomes QEMU. */
  readonly close: () => void;
}

/** The recorder behind an emulator, which answers through a pipe, before a QEMU that is only a process. */
function recorder(argv: readonly string[]): Recorder {
  const folder = testFolder();
  const [recordings, pipe] = [join(folder, 'r'), join(folder, 'pipe')];
  mkdirSync(recordings);
  execFileSync('mkfifo', [pipe]);
  const reading = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
  const writing = openSync(pipe, constants.O_WRONLY);
  const qemu = start('sleep', ['600']);
  const words = ['interpose', '--recordings', recordings, '--shell', '/bin/bash', '--qemu', '/usr/bin/qemu'];
  const running = qmptap([...words, '--pid', String(qemu.pid), '--', ...argv], {
    stdio: ['ignore', writing, 'pipe'],
  });
  closeSync(writing);
  let text = '';
  const answer = (): string => {
    const piece = Buffer.alloc(4096);
    try {
      text += piece.toString('utf8', 0, readSync(reading, piece));
    } catch {
      // There is nothing to read now.
    }
    return text;
  };
  return { running, qemu, recordings, answer, close: () => { closeSync(reading); } }; // prettier-ignore
}

test('answers with the arguments for QEMU, goes on after a signal, and ends with QEMU', async () => {
  const monitor = join(testFolder(), 'm.sock');
  const { running, qemu, recordings, answer, close } = recorder([
    '-daemonize',
    '-pidfile',
    join(monitor, '..', 'pid'),
    '-qmp',
    `unix:${monitor},server=on,wait=off`,
  ]);
  const said = await until('its answer', () => /unix:[^\0]*\0$/.test(answer()) && answer());
  const [word, taken, count, ...moved] = said.split('\0').slice(0, -1);
  expect([word, taken, count]).toEqual(['ready', '', '5']);
  const address = findChannels(moved).channels[0]?.address;
  if (address?.kind !== 'unix') expect.fail(said);
  close();
  const server = createServer((socket) => socket.on('error', () => undefined).write(`${greeting}\r\n`));
  onTestFinished(() => void server.close());
  server.listen(address.path);
  const client = await QmpClient.connect(monitor);
  await client.receives(/"QMP"/);
  running.signal('SIGTERM');
  qemu.signal('SIGKILL');
  expect(await running.ended).toBe(0);
  expect(existsSync(monitor)).toBe(false);
  using reader = openRecording(join(recordings, readdirSync(recordings)[0] ?? ''));
  expect(reader.sessions()).toMatchObject([{ messages: 1 }]);
});

test('says why where it cannot begin, and leaves nothing', async () => {
  const { running, recordings, answer } = recorder(['-S']);
  expect(await running.ended).toBe(1);
  expect(answer()).toBe('failed\0there is no QMP monitor in its arguments\0');
  expect(readdirSync(recordings)).toEqual([]);
});
