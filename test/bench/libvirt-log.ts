/**
 * Makes a debug log of libvirt's as long as is wanted, of the messages of a real recording:
 *
 *     node --import tsx test/bench/libvirt-log.ts RECORDING FILE MEGABYTES [PERCENT]
 *
 * Each message has the lines that libvirt 9 writes for it with `log_filters="1:qemu 3:*"`. Three VMs take
 * turns, with new monitors every few thousand messages; ids, times and pointers go on as in a real log, and
 * the numbers in the messages change, so that no two rounds are alike. PERCENT of its bytes are such lines,
 * the rest is what else libvirt writes with `log_level=1`. FILE may be `/dev/stdout`. Needs the built files.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import type { MessageKind } from '../../dist/recording/message.js';
import { openRecording } from '../../dist/store/index/open.js';

const [, , recording, path, megabytes, percent = '100'] = process.argv;
if (recording === undefined || path === undefined || megabytes === undefined) {
  process.stderr.write(
    'usage: node --import tsx test/bench/libvirt-log.ts RECORDING FILE MEGABYTES [PERCENT]\n',
  );
  process.exit(2);
}

interface Logged {
  readonly kind: MessageKind;
  readonly id: string | undefined;
  readonly text: string;
}

/** A response of this size comes once in a VM's life, not with every round. */
const large = 50_000;
const bytes = Number(megabytes) * 1e6;
const reader = openRecording(recording);
const messages = [...reader.messages()]
  .filter(({ kind, raw }) => ['command', 'success', 'error', 'event'].includes(kind) && raw.length < large)
  .map(({ kind, id, raw }): Logged => ({ kind, id, text: Buffer.from(raw).toString('latin1').trim() }));
reader.close();

const file = openSync(path, 'w');
let block = '';
let written = 0;
let micros = 1_795_000_000_000_000;
let commands = 0;

function line(thread: number, level: string, text: string): void {
  micros += 37 + (commands % 400);
  const time = new Date(micros / 1000).toISOString().replace('T', ' ').replace('Z', '+0000');
  block += `${time}: ${thread}: ${level} : ${text}\n`;
}

function flush(): void {
  const bytes = Buffer.from(block, 'latin1');
  for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
  written += bytes.length;
  block = '';
}

/** What libvirt writes at level 1 of anything else; `@` stands for digits of a pointer. */
const otherLines = [
  ['debug', 'virObjectRef:402 : OBJECT_REF: obj=0x7f1c2c@'],
  ['debug', 'virObjectUnref:378 : OBJECT_UNREF: obj=0x7f1c2c@'],
  ['debug', 'virEventGLibHandleDispatch:96 : Dispatch handler data=0x55d0ee@ watch=9 fd=21 1'],
  ['debug', 'virNetServerClientDispatchRead:1273 : msg=0x55d0ee@ rx=0x55d0ef@ nsent=0'],
  ['debug', 'virAccessManagerCheckDomain:231 : manager=0x55d0ee@(name=stack) driver=QEMU domain=0x7f1c2c@ perm=6'],
  ['debug', 'virThreadJobSet:93 : Thread @ (rpc-libvirtd) is now running job remoteDispatchConnectListAllDomains'],
  ['info', 'virCommandRunAsync:2629 : Command result 0, with PID @'],
  ['debug', "virCgroupGetValueRaw:515 : Get value /sys/fs/cgroup/machine.slice/machine-qemu\\x2d3\\x2dvm@.scope/cpu.stat"],
] as const; // prettier-ignore

/** So many bytes of them. */
function logOther(bytes: number): void {
  for (const end = block.length + bytes; block.length < end; commands += 1) {
    const [level, text] = otherLines[commands % otherLines.length] ?? otherLines[0];
    line(7100 + (commands % 7), level, text.replaceAll('@', (0x10000 + (commands % 0xef431)).toString(16)));
  }
}

/** What libvirt writes for one message of a VM's. */
function log({ kind, id, text }: Logged, monitor: string, thread: number): void {
  if (kind === 'command') commands += 1;
  const varied = text
    .replace(/\d{4,}/g, (digits) => String(Number(digits.slice(0, 12)) + commands))
    .replace(id ?? '', id === undefined ? '' : `"libvirt-${commands}"`);
  if (kind === 'command') {
    line(
      thread,
      'debug',
      `qemuDomainObjEnterMonitorInternal:5910 : Entering monitor (mon=${monitor} vm=0x7f1c2c0${commands % 9}b0 name=vm${thread % 3})`,
    );
    line(
      thread,
      'info',
      `qemuMonitorSend:861 : QEMU_MONITOR_SEND_MSG: mon=${monitor} msg=${varied}\r\n fd=-1`,
    );
    line(
      thread + 1,
      'info',
      `qemuMonitorIOWrite:366 : QEMU_MONITOR_IO_WRITE: mon=${monitor} buf=${varied}\r\n len=${varied.length + 2} ret=${varied.length + 2} errno=0`,
    );
  } else {
    line(thread + 1, 'debug', `qemuMonitorJSONIOProcessLine:189 : Line [${varied}]`);
    const what = kind === 'event' ? 'EVENT' : 'REPLY';
    line(
      thread + 1,
      'info',
      `qemuMonitorJSONIOProcessLine:208 : QEMU_MONITOR_RECV_${what}: mon=${monitor} ${what.toLowerCase()}=${varied}`,
    );
    if (kind !== 'event')
      line(thread, 'debug', `qemuDomainObjExitMonitor:5934 : Exited monitor (mon=${monitor})`);
  }
}

/** A monitor's pointer; it lives for so many rounds. */
const life = 600;
const pointer = (round: number): string =>
  `0x7f1c2c0${(0x1000 + (round % 3) + 3 * Math.floor(round / life)).toString(16)}0`;

for (let round = 0; written < bytes; round += 1) {
  const thread = 7000 + 2 * (round % 3);
  const monitor = pointer(round);
  for (const message of messages) {
    const before = block.length;
    log(message, monitor, thread);
    logOther(((block.length - before) * (100 - Number(percent))) / Number(percent));
    if (block.length > 1 << 20) flush();
  }
  if (pointer(round + 3) !== monitor) {
    line(thread, 'info', `qemuMonitorClose:806 : QEMU_MONITOR_CLOSE: mon=${monitor}`);
  }
  if (block.length > 1 << 20 || round === 0) flush();
}
flush();
closeSync(file);
