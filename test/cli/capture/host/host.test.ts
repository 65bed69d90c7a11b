import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished } from 'vitest';
import { testFolder } from '../../../support/folder.js';
import { endHost, holderProcess, hostProcess, socketsOf } from '../../../support/host.js';
import { qmptap, run, type Running } from '../../../support/process.js';
import { labTest } from '../../../support/programs.js';
import { startQemu } from '../../../support/qemu.js';
import { negotiated, QmpClient } from '../../../support/qmp-client.js';
import { ServiceManager } from '../../../support/service-manager.js';
import { until } from '../../../support/until.js';

const test = labTest('qemu-system-x86_64');

interface Rig {
  /** A folder for the sockets of VMs. */
  readonly vms: string;
  readonly recordings: string;
  readonly args: readonly string[];
}

function rig(): Rig {
  const folder = testFolder();
  const [vms, recordings] = [join(folder, 'vms'), join(folder, 'recordings')];
  mkdirSync(vms);
  endHost(recordings);
  return { vms, recordings, args: ['host', '--recordings', recordings, '--watch', `${vms}/*.qmp`] };
}

async function started({ args }: Rig, ...flags: readonly string[]): Promise<Running> {
  const host = qmptap([...args, ...flags]);
  await host.says(/Ctrl-C ends/);
  return host;
}

const filesOf = (recordings: string): string[] =>
  readdirSync(recordings)
    .filter((name) => name.endsWith('.qmptap'))
    .sort()
    .map((name) => join(recordings, name));

/**
 * A client that asks one thing after the other, until it is told to stop; gives how many were answered. What a host had
 * just read when it was killed is lost, so the last question is asked whether the one before was answered or not.
 */
function traffic(client: QmpClient): () => Promise<number> {
  const stopped = new AbortController();
  const isStopped = (): boolean => stopped.signal.aborted;
  let answered = 0;
  const run = async (): Promise<number> => {
    for (; !isStopped(); answered++) {
      client.execute('query-status', undefined, `q${answered}`);
      await client.receives(new RegExp(`"id": "(?:q${answered}|end)"`));
      if (!isStopped()) client.received.splice(0);
    }
    await client.receives(/"id": "end"/);
    return answered;
  };
  const over = run();
  return () => {
    stopped.abort();
    client.execute('query-name', undefined, 'end');
    return over;
  };
}

describe('qmptap host', () => {
  test('VMs that are there and VMs that come, each in a file of its own; Ctrl-C gives all back', async () => {
    const one = rig();
    const a = await startQemu(one.vms, { name: 'a.qmp' });
    const { ino } = statSync(a.socket);
    const host = await started(one, '--json', '--exclude', 'x*');
    await startQemu(one.vms, { name: 'b.qmp' });
    await startQemu(one.vms, { name: 'x1.qmp' });
    await host.says(/"label":"b","state":"(?:waiting|direct)"/, 'stdout');
    const clients = [await negotiated(a.socket), await negotiated(join(one.vms, 'b.qmp'))];
    await host.says(/"label":"b","state":"recorded","file":".*-b\.qmptap"/, 'stdout');
    a.signal('SIGTERM');
    await host.says(/"label":"a","state":"ended"/, 'stdout');
    clients[1]?.execute('query-name', undefined, 'last');
    await clients[1]?.receives(/"last"/);
    for (const client of clients) client.socket.destroy();
    host.signal('SIGINT');
    expect(await host.ended).toBe(130);
    await until('the holder to end', () => holderProcess(one.recordings) === undefined);
    expect(host.stdout()).not.toMatch(/x1/);
    expect(readdirSync(one.vms).sort()).toEqual(['b.qmp', 'x1.qmp']);
    expect(ino).not.toBe(0);
    // By their names, as they may have begun in different seconds.
    const files = filesOf(one.recordings).sort((x, y) =>
      x.replace(/.*-/, '') < y.replace(/.*-/, '') ? -1 : 1,
    );
    expect(files.map((path) => path.replace(/.*-/, ''))).toEqual(['a.qmptap', 'b.qmptap']);
    const [, b = ''] = files;
    const shown = await run(['show', b, '--json']);
    expect(shown.stdout).toMatch(/"label":"b"/);
    expect(shown.stdout).toMatch(/qemu-system-x86_64 -machine none/);
    expect(readdirSync(join(one.recordings, '.host'))).toEqual([]);
  });

  test('kill -9 of the host, of its holder, and of the next host under traffic: no client notices', async () => {
    const one = rig();
    const { socket } = await startQemu(one.vms, { name: 'a.qmp' });
    const host = await started(one);
    const stop = traffic(await negotiated(socket));
    host.signal('SIGKILL');
    const second = await until('another host', () => hostProcess(one.recordings, host.pid));
    await until('its recording', () => filesOf(one.recordings).length === 2);
    const holder = holderProcess(one.recordings) ?? 0;
    const held = socketsOf(holder);
    process.kill(holder, 'SIGKILL');
    await until('another holder of all sockets', () => {
      const other = holderProcess(one.recordings);
      return other !== undefined && other !== holder && socketsOf(other) === held;
    });
    const asked = await run(['host', 'leave', '--recordings', one.recordings]);
    expect(asked.stderr).toMatch(/still open, and recorded to the end: 1 session;/);
    process.kill(second, 'SIGKILL');
    await until('a host that only goes on', () => hostProcess(one.recordings, second));
    await until('its recording', () => filesOf(one.recordings).length === 3);
    expect(await stop()).toBeGreaterThan(0);
    expect(existsSync(`${socket}.qmptap`)).toBe(false);
    const direct = await QmpClient.connect(socket);
    direct.socket.destroy();
  });

  test('a second host in the same folder is refused; no host, nobody to ask', async () => {
    const one = rig();
    const none = await run(['host', 'leave', '--recordings', one.recordings]);
    expect(none).toMatchObject({ code: 1 });
    expect(none.stderr).toMatch(/recordings: no host records into this folder; start one with `qmptap host`/);
    const host = await started(one);
    const second = await run(one.args);
    expect(second.code).toBe(1);
    expect(second.stderr).toMatch(/recordings: a host records into this folder already; end it with/);
    host.signal('SIGTERM');
    expect(await host.ended).toBe(143);
  });

  test('secrets are taken out by one thread for all VMs', async () => {
    const one = rig();
    const { socket } = await startQemu(one.vms, { name: 'a.qmp' });
    const host = await started(one, '--redact');
    const client = await negotiated(socket);
    client.execute('set_password', { protocol: 'vnc', password: 'hush-hush' }, 'p');
    await client.receives(/"p"/);
    client.socket.destroy();
    host.signal('SIGINT');
    expect(await host.ended).toBe(130);
    const shown = await run(['show', filesOf(one.recordings)[0] ?? '', '--raw']);
    expect(shown.stdout).toMatch(/set_password/);
    expect(shown.stdout).not.toMatch(/hush-hush/);
  });
});

describe('qmptap host, as a service', () => {
  const service = ({ args }: Rig, folder: string): ServiceManager =>
    new ServiceManager(folder, [process.execPath, 'dist/cli/main.js', ...args]);

  test('the store has every socket; killed or told to end, it goes on where it was', async () => {
    const one = rig();
    const { socket } = await startQemu(one.vms, { name: 'a.qmp' });
    const manager = service(one, testFolder());
    const first = await manager.start();
    expect(manager.names).toEqual(['L1']);
    const client = await negotiated(socket);
    expect(manager.names).toEqual(['C1.1', 'L1', 'S1.1']);
    expect(holderProcess(one.recordings)).toBeUndefined();
    const stop = traffic(client);
    first.signal('SIGKILL');
    await first.ended;
    const second = await manager.start();
    expect(manager.names).toEqual(['C1.1', 'L1', 'S1.1']);
    second.signal('SIGTERM');
    expect(await second.ended).toBe(143);
    const third = await manager.start();
    expect(await stop()).toBeGreaterThan(0);
    client.socket.destroy();
    await until('its sockets to be removed', () => manager.names.join() === 'L1');
    // QEMU has its one place for a client free again.
    const next = await negotiated(socket);
    next.socket.destroy();
    const left = await run(['host', 'leave', '--recordings', one.recordings]);
    expect(left.code).toBe(0);
    expect(await third.ended).toBe(0);
    expect(manager.names).toEqual([]);
    expect(existsSync(`${socket}.qmptap`)).toBe(false);
  });

  test('a client that leaves while there is no host does not keep the place of the next one', async () => {
    const one = rig();
    const { socket } = await startQemu(one.vms, { name: 'a.qmp' });
    const manager = service(one, testFolder());
    const first = await manager.start();
    const client = await negotiated(socket);
    first.signal('SIGKILL');
    await first.ended;
    client.socket.destroy();
    const waiting = await QmpClient.connect(socket);
    await manager.start();
    await waiting.receives(/"QMP"/);
  });

  test('a store that was closed: the next host repairs the path first', async () => {
    const one = rig();
    const { socket } = await startQemu(one.vms, { name: 'a.qmp' });
    const { ino } = statSync(socket);
    const manager = service(one, testFolder());
    const first = await manager.start();
    first.signal('SIGKILL');
    await first.ended;
    expect(statSync(socket).ino).not.toBe(ino);
    manager.stop();
    await manager.start();
    const client = await negotiated(socket);
    onTestFinished(() => void client.socket.destroy());
    expect(manager.names).toEqual(['C1.1', 'L1', 'S1.1']);
  });
});
