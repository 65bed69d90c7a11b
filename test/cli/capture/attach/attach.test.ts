import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { testFolder } from '../../../support/folder.js';
import { qmptap, run } from '../../../support/process.js';
import { labTest } from '../../../support/programs.js';
import { startQemu } from '../../../support/qemu.js';
import { negotiated, QmpClient } from '../../../support/qmp-client.js';

const test = labTest('qemu-system-x86_64');

describe('qmptap attach', () => {
  test('Ctrl-C gives the path back; the session that runs is recorded to its end', async () => {
    const folder = testFolder();
    const { socket } = await startQemu(folder);
    const { ino } = statSync(socket);
    const output = join(folder, 'a.qmptap');
    const attached = qmptap(['attach', socket, '-o', output, '--json']);
    await attached.says(/recording .*q\.sock in .*a\.qmptap/);
    const client = await negotiated(socket);
    // QEMU's queue holds two; who waits behind them and leaves was never in a session.
    const others = await Promise.all(Array.from({ length: 5 }, () => QmpClient.connect(socket)));
    await attached.says(/session 6: /);
    for (const other of others) other.socket.destroy();
    for (const session of [2, 3, 4, 5, 6]) await attached.says(new RegExp(`session ${session}: client-`));
    attached.signal('SIGINT');
    await attached.says(/the path is the server's again; 1 session/);
    expect(statSync(socket).ino).toBe(ino);
    client.execute('query-status', undefined, 'after');
    await client.receives(/"after"/);
    client.socket.end();
    expect(await attached.ended).toBe(130);
    expect(attached.stdout()).toMatch(/"name":"query-status","id":"after"/);
    expect((await run(['show', output, 'cmd:query-status kind:success'])).stdout).toMatch(/running/);
  });

  test('--now cuts the sessions off', async () => {
    const folder = testFolder();
    const { socket } = await startQemu(folder);
    const attached = qmptap(['attach', socket, '-o', join(folder, 'a.qmptap'), '--now', '--quiet']);
    await attached.says(/recording/);
    const client = await negotiated(socket);
    attached.signal('SIGTERM');
    expect(await attached.ended).toBe(143);
    await client.end();
    expect(existsSync(`${socket}.qmptap`)).toBe(false);
  });

  test('--pid finds the monitor; --undo repairs what a killed one has left', async () => {
    const folder = testFolder();
    const { socket, pid } = await startQemu(folder);
    const { ino } = statSync(socket);
    const output = join(folder, 'a.qmptap');
    const byProcess = qmptap(['attach', '--pid', String(pid), '-o', output, '--quiet']);
    await byProcess.says(/recording/);
    expect(statSync(socket).ino).not.toBe(ino);
    byProcess.signal('SIGINT');
    expect(await byProcess.ended).toBe(130);

    // Before its first session nobody goes on for it.
    const attached = qmptap(['attach', socket, '-o', output, '--force', '--quiet']);
    await attached.says(/recording/);
    expect(statSync(socket).ino).not.toBe(ino);
    const second = await run(['attach', socket]);
    expect(second.code).toBe(1);
    expect(second.stderr).toMatch(/process \d+ has it already, and records it in .*a\.qmptap/);
    attached.signal('SIGKILL');
    await attached.ended;
    const undone = await run(['attach', '--undo', socket]);
    expect(undone).toMatchObject({ code: 0 });
    expect(undone.stderr).toMatch(/the server's socket is in its place again/);
    expect(statSync(socket).ino).toBe(ino);
    expect((await run(['attach', '--undo', socket])).stderr).toMatch(/there is nothing to repair/);
  });
});
