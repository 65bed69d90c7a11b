import { existsSync, readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ConnectError } from '../../../src/errors.js';
import { interpose, type InterposeOptions } from '../../../src/launch/emulator/interpose.js';
import { findChannels } from '../../../src/launch/qemu/channels.js';
import { openRecording } from '../../../src/store/index/open.js';
import { testFolder } from '../../support/folder.js';
import { start } from '../../support/process.js';
import { QmpClient } from '../../support/qmp-client.js';
import { greeting } from '../../support/recorded.js';

/** A QEMU that is only a process, with a monitor of its own. */
function vm(overrides: Partial<InterposeOptions> = {}): {
  options: InterposeOptions;
  monitor: string;
  recordings: string;
  troubles: string[];
  end: () => void;
} {
  const folder = testFolder();
  const [monitor, recordings] = [join(folder, 'm.sock'), join(folder, 'r')];
  const process = start('sleep', ['600']);
  const troubles: string[] = [];
  const options: InterposeOptions = {
    ...{ pid: process.pid, qemu: '/usr/bin/qemu', agent: false, recordings, limits: {}, shell: '/bin/bash' },
    // A probed QEMU, which has no keeper.
    argv: [
      ...['-name', 'web1', '-qmp', `unix:${monitor},server=on,wait=off`, '-machine', 'none'],
      ...['-daemonize', '-pidfile', join(folder, 'pid')],
    ],
    ...{ successor: () => [], needed: '/', trouble: (line) => troubles.push(line) },
    answer: () => Promise.resolve(),
    ...overrides,
  };
  return { options, monitor, recordings, troubles, end: () => process.child.kill('SIGKILL') };
}

describe('a recorder before QEMU', () => {
  test('moves the monitor, relays between its client and QEMU, and ends with QEMU', async () => {
    const { options, monitor, recordings, troubles, end } = vm();
    let moved: readonly string[] = [];
    const running = await interpose({
      ...options,
      answer: (argv, taken) => {
        moved = argv.map((word) => Buffer.from(word).toString());
        expect(taken).toEqual([]);
        return Promise.resolve();
      },
    });
    const address = findChannels(moved).channels[0]?.address;
    if (address?.kind !== 'unix') expect.fail(moved.join(' '));
    expect(address.path).not.toBe(monitor);
    const qemu = createServer((socket) => socket.on('error', () => undefined).write(`${greeting}\r\n`));
    onTestFinished(() => void qemu.close());
    qemu.listen(address.path);
    const client = await QmpClient.connect(monitor);
    await client.receives(/"QMP"/);
    await client.end();
    end();
    await running.finished;
    expect([existsSync(monitor), existsSync(address.path), troubles]).toEqual([false, false, []]);
    using reader = openRecording(join(recordings, readdirSync(recordings)[0] ?? ''));
    expect(reader.sessions()).toMatchObject([
      { label: 'probing none', notes: [expect.stringContaining('/usr/bin/qemu -name web1')] },
    ]);
  });

  test('that is not wanted leaves QEMU as it was: no socket, no file', async () => {
    const answer = (): Promise<void> => Promise.reject(new Error('QEMU did not wait'));
    const { options, monitor, recordings } = vm({ answer });
    await expect(interpose(options)).rejects.toThrow('QEMU did not wait');
    expect([existsSync(monitor), readdirSync(recordings)]).toEqual([false, []]);
  });

  test.each([
    [['-S'], 'there is no QMP monitor in its arguments'],
    [['-qmp', 'stdio'], 'it is the standard input and output of a process that becomes QEMU'],
    [['-qmp', 'unix:/q,server', '-daemonize'], 'no -pidfile tells which'],
    [['-qmp', 'telnet::4444,server'], 'telnet::4444,server is not supported'],
  ])('%j: says why there is nothing to record', async (argv, why) => {
    const { options, recordings } = vm({ argv });
    const error: unknown = await interpose(options).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ConnectError);
    expect((error as ConnectError).message).toContain(why);
    expect(existsSync(recordings)).toBe(false);
  });

  test('a monitor that cannot be moved is told of, and the others are recorded', async () => {
    const { options, troubles, end, monitor } = vm();
    const running = await interpose({ ...options, argv: ['-qmp', 'stdio', ...options.argv] });
    expect(troubles).toEqual([
      expect.stringMatching(/^monitor -qmp stdio is not recorded: it is the standard input/),
    ]);
    expect(existsSync(monitor)).toBe(true);
    end();
    await running.finished;
  });
});
