/**
 * The ways to lose a VM that a host in front of its monitor opens, and that none is lost: libvirt takes a monitor that
 * closes for the end of the VM, and one that nobody listens on, too. A stand-in does what systemd does.
 *
 *     way 1  a path that is left exchanged when the host is dead, and a libvirtd that starts anew
 *     way 2  the store is closed: by a stop, or by too many starts
 *     way 3  the host dies between the exchange and the first connection
 *     way 4  the host hangs
 *     way 5  the host dies between a connection and the moment at which the store has its sockets
 *     way 6  libvirtd starts anew while there is no host                       (also host.test.ts)
 *     way 7  sockets on which nobody listens, left by a crash of the machine
 *     way 8  the host leaves, while libvirtd is connected                      (also host.test.ts)
 */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { serviceUnit } from '../../src/launch/host/install/service-unit.js';
import { testFolder } from '../support/folder.js';
import { endHost } from '../support/host.js';
import { run, type Running } from '../support/process.js';
import { labTest } from '../support/programs.js';
import { type Server, startQemu } from '../support/qemu.js';
import { negotiated, QmpClient } from '../support/qmp-client.js';
import { ServiceManager } from '../support/service-manager.js';
import { typescript } from '../support/typescript.js';
import { until } from '../support/until.js';

const test = labTest('qemu-system-x86_64');

interface Rig {
  readonly vms: string;
  readonly recordings: string;
  readonly manager: ServiceManager;
  /** Starts a host that dies at this moment. */
  readonly dying: (moment: string) => Running;
}

function rig(): Rig {
  const folder = testFolder();
  const [vms, recordings] = [join(folder, 'vms'), join(folder, 'recordings')];
  const glob = join(vms, '*.qmp');
  mkdirSync(vms);
  endHost(recordings);
  const command = ['dist/cli/main.js', 'host', '--recordings', recordings, '--watch', glob];
  const manager = new ServiceManager(folder, [process.execPath, ...command]);
  const program = [process.execPath, ...typescript, 'test/lab/host-dies-program.ts'];
  return {
    vms,
    recordings,
    manager,
    dying: (moment) => manager.spawn([...program, moment, recordings, glob]),
  };
}

/** Waits for the process alone: what it has started may have its output, too. */
async function dead({ child }: Running): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}

/** A client that is there already goes on; whoever comes next is served. */
async function answers(client: QmpClient, id: string): Promise<void> {
  client.execute('query-status', undefined, id);
  await client.receives(new RegExp(`"id": "${id}"`));
  expect(client.closed).toBe(false);
}

/** The path is the server's own, and it serves. */
async function isTheServers({ socket }: Server, ino: number): Promise<void> {
  expect(statSync(socket).ino).toBe(ino);
  expect(existsSync(`${socket}.qmptap`)).toBe(false);
  const client = await negotiated(socket);
  await client.end();
}

describe('way 1: a path that is left exchanged', () => {
  test('is repaired by the next host first, whatever that one records', async () => {
    const { vms, recordings, manager } = rig();
    const servers = await Promise.all(['a.qmp', 'b.qmp'].map((name) => startQemu(vms, { name })));
    const inodes = servers.map(({ socket }) => statSync(socket).ino);
    const first = await manager.start();
    first.signal('SIGKILL');
    await dead(first);
    manager.stop(); // and all that held the sockets
    for (const [at, { socket }] of servers.entries()) expect(statSync(socket).ino).not.toBe(inodes[at]);
    const other = ['dist/cli/main.js', 'host', '--recordings', recordings, '--watch'];
    // One that is not wanted any more, and one at a place that is not watched any more.
    const flags = [...other, join(vms, 'a.qmp'), '--exclude', 'a'];
    const next = manager.spawn([process.execPath, ...flags]);
    await next.says(/Ctrl-C ends/);
    for (const [at, server] of servers.entries()) await isTheServers(server, inodes[at] ?? 0);
    expect(next.stderr().match(/repaired: it was left to a host that is dead/g)).toHaveLength(2);
  });
});

describe('way 2: the store is closed', () => {
  test('the unit has what keeps systemd from that', () => {
    const unit = serviceUnit({ program: ['/usr/bin/node'], flags: [], recordings: '/r', watched: [] });
    for (const line of [
      ...['Before=libvirtd.service virtqemud.service', 'StartLimitIntervalSec=0', 'RefuseManualStop=yes'],
      ...['Restart=always', 'RestartSec=0', 'FileDescriptorStorePreserve=yes', 'Type=notify'],
    ])
      expect(unit.split('\n')).toContain(line);
  });

  test('a stop that keeps the store, and a start', async () => {
    const { vms, manager } = rig();
    const { socket } = await startQemu(vms, { name: 'a.qmp' });
    const first = await manager.start();
    const client = await negotiated(socket);
    first.signal('SIGTERM');
    await dead(first);
    client.execute('query-status', undefined, 'meanwhile');
    await manager.start();
    await client.receives(/"id": "meanwhile"/);
    await answers(client, 'after');
  });
});

describe('way 3: the host dies between the exchange and the first connection', () => {
  for (const moment of ['after L', 'ready']) {
    test(`it has said ${moment}`, async () => {
      const { vms, manager, dying } = rig();
      const { socket } = await startQemu(vms, { name: 'a.qmp' });
      const { ino } = statSync(socket);
      await dead(dying(moment));
      // Either the path is as it was, or the store has who listens there.
      expect(statSync(socket).ino === ino).toBe(moment === 'after L');
      const client = await QmpClient.connect(socket);
      if (moment === 'after L') await client.end();
      await manager.start();
      if (moment === 'ready') await client.receives(/"QMP"/);
      else await answers(await negotiated(socket), 'next');
      expect(statSync(socket).ino).not.toBe(ino);
    });
  }
});

describe('way 5: the host dies between a connection and the moment at which the store has its sockets', () => {
  for (const moment of ['after C', 'before S', 'after S']) {
    test(`${moment}: the client does not notice`, async () => {
      const { vms, manager, dying } = rig();
      const { socket } = await startQemu(vms, { name: 'a.qmp' });
      const { ino } = statSync(socket);
      const first = dying(moment);
      await until('the path to be taken', () => statSync(socket).ino !== ino);
      const client = await QmpClient.connect(socket);
      await dead(first);
      await manager.start();
      await client.receives(/"QMP"/);
      client.execute('qmp_capabilities', undefined, 'negotiation');
      await client.receives(/"negotiation"/);
      await answers(client, 'q');
      expect(client.text().match(/"QMP"/g)).toHaveLength(1);
    });
  }

  test('before C: nobody else can have that client; the VM and the next client are unharmed', async () => {
    const { vms, manager, dying } = rig();
    const server = await startQemu(vms, { name: 'a.qmp' });
    const { ino } = statSync(server.socket);
    const first = dying('before C');
    await until('the path to be taken', () => statSync(server.socket).ino !== ino);
    const client = await QmpClient.connect(server.socket);
    await dead(first);
    await until('the client to be closed', () => client.closed || client.socket.readableEnded);
    await manager.start();
    await answers(await negotiated(server.socket), 'next');
    expect(server.child.exitCode).toBe(null);
  });
});

describe('way 6: the client comes anew while there is no host', () => {
  test('its old session keeps no place of the one that QEMU has', async () => {
    const { vms, manager } = rig();
    const { socket } = await startQemu(vms, { name: 'a.qmp' });
    const first = await manager.start();
    const client = await negotiated(socket);
    first.signal('SIGKILL');
    await dead(first);
    client.socket.destroy();
    const again = await QmpClient.connect(socket);
    await manager.start();
    await again.receives(/"QMP"/);
    await until('the old one to be out of the store', () => !manager.names.includes('S1.1'));
  });
});

describe('way 7: sockets on which nobody listens', () => {
  test('are left as they are, and told of nowhere; no server is connected to without a client', async () => {
    const { vms, recordings, manager } = rig();
    const dead = join(vms, 'dead.qmp');
    spawnSync(process.execPath, [
      '-e',
      `require('net').createServer().listen(${JSON.stringify(dead)}, () => process.kill(process.pid, 'SIGKILL'))`,
    ]);
    const { ino } = statSync(dead);
    const { socket } = await startQemu(vms, { name: 'a.qmp' });
    // It has QEMU's one place, and keeps it.
    const direct = await negotiated(socket);
    const host = await manager.start();
    expect(statSync(dead).ino).toBe(ino);
    expect(readdirSync(vms).sort()).toEqual(['a.qmp', 'a.qmp.qmptap', 'dead.qmp']);
    await answers(direct, 'direct');
    expect(await refused(dead)).toBe('ECONNREFUSED');
    const listed = await run(['host', 'leave', '--recordings', recordings]);
    expect(listed.code).toBe(0);
    expect(await host.ended).toBe(0);
    expect(host.stderr()).not.toMatch(/dead/);
    await answers(direct, 'still');
  });
});

describe('way 8: the host leaves while a client is connected', () => {
  test('it is relayed to its end, also by the next host if this one is killed; the path is the server’s at once', async () => {
    const { vms, recordings, manager } = rig();
    const server = await startQemu(vms, { name: 'a.qmp' });
    const { ino } = statSync(server.socket);
    const first = await manager.start();
    const client = await negotiated(server.socket);
    const left = await run(['host', 'leave', '--recordings', recordings]);
    expect(left.stderr).toMatch(/still open, and recorded to the end: 1 session/);
    expect(statSync(server.socket).ino).toBe(ino);
    expect(manager.names).toEqual(['C1.1', 'S1.1']);
    await answers(client, 'left');
    first.signal('SIGKILL');
    await dead(first);
    const next = await manager.start();
    await answers(client, 'killed');
    client.socket.destroy();
    expect(await next.ended).toBe(0);
    expect(manager.names).toEqual([]);
    await isTheServers(server, ino);
  });
});

/** Why a socket cannot be connected to. */
function refused(path: string): Promise<string | undefined> {
  return new Promise((resolveWhy) => {
    const socket = connect(path);
    socket.once('error', (error: NodeJS.ErrnoException) => {
      resolveWhy(error.code);
    });
    socket.once('connect', () => {
      socket.destroy();
      resolveWhy(undefined);
    });
  });
}
