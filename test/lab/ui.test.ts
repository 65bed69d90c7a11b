import { execFileSync } from 'node:child_process';
import { truncateSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { openRecording } from '../../src/store/index/open.js';
import { testFolder } from '../support/folder.js';
import { labTest } from '../support/programs.js';
import { startQemu } from '../support/qemu.js';
import { negotiated } from '../support/qmp-client.js';
import { until } from '../support/until.js';

/** A tmux of the test's own: keys in, screen out. */
class Tmux {
  readonly #socket: string;

  constructor(folder: string, command: readonly string[], columns = 120, rows = 32) {
    this.#socket = join(folder, 'tmux');
    const line = command.map((word) => `'${word}'`).join(' ');
    const shell = `${line}; echo "code $?"; exec cat`;
    this.#tmux('-f', '/dev/null', 'new-session', '-d', '-x', String(columns), '-y', String(rows), shell);
    onTestFinished(() => {
      this.#tmux('kill-server');
    });
  }

  keys(...keys: readonly string[]): void {
    this.#tmux('send-keys', ...keys);
  }

  text(): string {
    return this.#tmux('capture-pane', '-p');
  }

  async shows(what: string | RegExp): Promise<string> {
    let last = '';
    try {
      return await until('the screen', () => {
        last = this.text();
        return (typeof what === 'string' ? last.includes(what) : what.test(last)) && last;
      }, 15_000); // prettier-ignore
    } catch {
      throw new Error(`the screen never showed ${String(what)}:\n${last}`);
    }
  }

  #tmux(...args: readonly string[]): string {
    const env = { ...process.env, LC_ALL: 'C.UTF-8' };
    return execFileSync('tmux', ['-u', '-S', this.#socket, ...args], { encoding: 'utf8', env });
  }
}

function emptyDisk(path: string): void {
  writeFileSync(path, '');
  truncateSync(path, 64 << 20);
}

const uiTest = labTest('qemu-system-x86_64', 'tmux');

uiTest(
  'record --ui with a real QEMU, in tmux',
  async () => {
    const folder = testFolder();
    const disk = join(folder, 'd.raw');
    emptyDisk(disk);
    const machine = [
    '-S', '-machine', 'pc', '-nodefaults', '-display', 'none', '-m', '16',
    '-blockdev', `driver=file,filename=${disk},node-name=disk0`,
    '-device', 'virtio-blk-pci,drive=disk0,id=vda',
  ]; // prettier-ignore
    const qemu = await startQemu(folder, { machine });
    const listen = join(folder, 'tap');
    const file = join(folder, 'r.qmptap');
    const record = [
      'record',
      '--listen',
      listen,
      '--connect',
      qemu.socket,
      '-o',
      file,
      '--label',
      'web1',
      '--ui',
      '--allow-send',
    ];
    const screen = new Tmux(folder, [process.execPath, resolve('dist/cli/main.js'), ...record]);
    await screen.shows('no messages yet');

    const client = await negotiated(listen);
    client.execute('query-status', undefined, 'libvirt-2');
    await screen.shows(/R query-status +\{"status": "prelaunch"/);
    client.execute('device_del', { id: 'nowhere' }, 'libvirt-3');
    await screen.shows(/E device_del +DeviceNotFound: Device 'nowhere' not found/);
    client.execute('query-qmp-schema', undefined, 'libvirt-4');
    await screen.shows('R query-qmp-schema');
    client.execute('cont', undefined, 'libvirt-5');
    await screen.shows('V RESUME');

    // The schema, some 200 kB, is opened and searched.
    screen.keys('/', 'cmd:query-qmp-schema', 'Enter', 'G', 'Enter');
    await screen.shows(/- return:/);
    screen.keys('/', 'blockdev-add', 'Enter');
    await screen.shows('name: "blockdev-add"');
    screen.keys('Escape');
    await screen.shows('Enter open');
    screen.keys('Escape');
    await screen.shows('V RESUME');

    // A job that goes on is shown until it is over; no command waits.
    const target = join(folder, 't.raw');
    emptyDisk(target);
    client.execute('blockdev-add', { driver: 'file', filename: target, 'node-name': 'target' }, 'libvirt-6');
    const mirror = { 'job-id': 'copy0', device: 'disk0', target: 'target', sync: 'full', speed: 100_000 };
    client.execute('blockdev-mirror', mirror, 'libvirt-7');
    await screen.shows(/1 not over, oldest job copy0 \d/);
    screen.keys('P');
    await screen.shows(/\d+(ms|\.\ds) +job copy0/);
    client.execute('block-job-cancel', { device: 'copy0', force: true }, 'libvirt-8');
    await screen.shows('nothing is pending');

    screen.keys('S');
    await screen.shows(/device_del +1 +1 /);
    screen.keys('q');
    await screen.shows(/FOLLOW|F follows/);
    // The user's own command: recorded, and unknown to the client.
    screen.keys('F', ':', 'query-uu', 'Tab');
    // Nobody has sent it yet: the recorded schema knows it.
    await screen.shows(/^send to session 1: query-uuid/m);
    screen.keys('Enter');
    await screen.shows(/R query-uuid +\[injected\] \{"UUID"/);
    screen.keys(':', 'nonsense {', 'Enter');
    await screen.shows('nonsense {: JSON parse error');

    screen.keys('Q');
    await screen.shows('the recording goes on');
    client.execute('query-version', undefined, 'libvirt-9');
    await client.receives(/libvirt-9/);
    expect(client.text().includes('"qmptap-')).toBe(false);
    screen.keys('C-c');
    await screen.shows(/messages in 1 session: [^]*code 130/);
    using reader = openRecording(file);
    const sent = [...reader.messages({ where: { op: 'glob', field: 'cmd', glob: 'query-uuid' } })];
    expect(sent.map(({ kind, injected }) => [kind, injected])).toEqual([
      ['command', true],
      ['success', true],
    ]);
    const last = [...reader.messages({ where: { op: 'glob', field: 'cmd', glob: 'query-version' } })];
    expect(last.map(({ kind }) => kind)).toEqual(['command', 'success']);
  },
  60_000,
);
