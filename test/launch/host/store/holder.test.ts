import { closeSync, existsSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Holder } from '../../../../src/launch/host/store/holder.js';
import { sendDatagram } from '../../../../src/transport/notify/datagram.js';
import { testFolder } from '../../../support/folder.js';
import { start } from '../../../support/process.js';
import { until } from '../../../support/until.js';

/** A process that stands for the first host. */
const first = () => start('sh', ['-c', 'read x'], { stdio: ['pipe', 'pipe', 'pipe'] });

function holderFor(
  folder: string,
  pid: number,
  script: string,
): { address: string; told: string[]; over: Promise<void> } {
  const address = join(folder, 'holder.sock');
  const told: string[] = [];
  const command = ['sh', '-c', script, 'sh', folder] as const;
  const holder = new Holder({ address, pid, command: [...command], trouble: (line) => told.push(line) });
  return { address, told, over: holder.run() };
}

function store(address: string, name: string, path: string): void {
  const file = openSync(path, 'r');
  expect(sendDatagram(address, `FDSTORE=1\nFDNAME=${name}`, [file])).toBe('sent');
  closeSync(file);
}

test('a host that is killed is started again, with the files that it had and their names', async () => {
  const folder = testFolder();
  for (const name of ['a', 'b', 'c']) writeFileSync(join(folder, name), `the file ${name}\n`);
  // Node may have read them through a descriptor already open: each is read from its beginning.
  const script = `echo "$LISTEN_FDS $LISTEN_FDNAMES $QMPTAP_HOLDER $NOTIFY_SOCKET" > "$1/told"
    cat <&3 > "$1/got"; cat <&4 >> "$1/got"; mv "$1/told" "$1/env"; read x < "$1/wait"`;
  const host = first();
  start('mkfifo', [join(folder, 'wait')]);
  await until('the pipe', () => existsSync(join(folder, 'wait')));
  const { address, told, over } = holderFor(folder, host.pid, script);
  for (const name of ['a', 'b', 'c']) store(address, name === 'a' ? 'L1' : `C1.${name}`, join(folder, name));
  store(address, 'L1', join(folder, 'c')); // replaces
  sendDatagram(address, 'FDSTOREREMOVE=1\nFDNAME=C1.c');
  host.signal('SIGKILL');
  await until('another host', () => existsSync(join(folder, 'env')));
  expect(readFileSync(join(folder, 'env'), 'utf8')).toBe(`2 C1.b:L1 ${process.pid} ${address}\n`);
  expect(readFileSync(join(folder, 'got'), 'utf8')).toBe('the file b\nthe file c\n');
  expect(told).toEqual(['the host has ended; its VMs go on, and another host is started']);
  // It ends in order, having left nothing.
  for (const name of ['L1', 'C1.b']) sendDatagram(address, `FDSTOREREMOVE=1\nFDNAME=${name}`);
  writeFileSync(join(folder, 'wait'), '\n');
  await over;
  expect(existsSync(address)).toBe(false);
});

test('one that never gets ready is started again after a pause', async () => {
  const folder = testFolder();
  writeFileSync(join(folder, 'a'), '');
  const host = first();
  const script = `[ -e "$1/second" ] && { read x < "$1/none"; exit 0; }; : > "$1/second"; exit 7`;
  const { address, told, over } = holderFor(folder, host.pid, script);
  store(address, 'L1', join(folder, 'a'));
  host.signal('SIGKILL');
  await until('a second failure', () => told.length === 2);
  expect(told[1]).toBe('the host has ended with 7; its VMs go on, and another host is started in 1 s');
  sendDatagram(address, 'FDSTOREREMOVE=1\nFDNAME=L1');
  await over;
});

test('with nothing to hold, it ends with the host', async () => {
  const host = first();
  const { told, over } = holderFor(testFolder(), host.pid, 'exit 1');
  host.signal('SIGKILL');
  await over;
  expect(told).toEqual([]);
});
