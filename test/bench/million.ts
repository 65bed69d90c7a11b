/**
 * Makes a recording of a million messages, for measuring whatever reads recordings:
 *
 *     node --import tsx test/bench/million.ts FILE.qmptap [MESSAGES] [SESSIONS]
 *
 * The same messages every time: three sessions (or as many as are asked for), mostly events of some 230 bytes, commands with their
 * responses between them, one error in a hundred responses, some slow ones, four commands unanswered.
 * Needs the built files (`npm run build`).
 */
import type { SessionStart } from '../../dist/recording/session.js';
import { createRecording } from '../../dist/store/index/recorder.js';

const [, , path, wanted = '1000000', split = '3'] = process.argv;
if (path === undefined) {
  process.stderr.write('usage: node --import tsx test/bench/million.ts FILE.qmptap [MESSAGES] [SESSIONS]\n');
  process.exit(2);
}

const sessions = Number(split);
const encoder = new TextEncoder();
const commands = [
  'query-status',
  'query-block',
  'query-cpus-fast',
  'qom-get',
  'query-blockstats',
  'device_add',
];
const events = [
  'BLOCK_IO_ERROR',
  'RTC_CHANGE',
  'BALLOON_CHANGE',
  'NIC_RX_FILTER_CHANGED',
  'BLOCK_JOB_COMPLETED',
];
const started = 1_795_000_000_000_000;

/** A generator of numbers that are the same every time (xorshift). */
let seed = 42;
function below(bound: number): number {
  seed ^= seed << 13;
  seed ^= seed >>> 17;
  seed ^= seed << 5;
  return (seed >>> 0) % bound;
}

const recorder = await createRecording(path, {
  createdBy: 'million.ts',
  force: true,
  onTrouble: (line) => process.stderr.write(`${line}\n`),
});
interface State {
  t: number;
  id: number;
  waits: boolean;
}

const state = Array.from({ length: sessions }, (): State => ({ t: 0, id: 0, waits: false }));

function stateOf(session: number): State {
  const found = state[session - 1];
  if (found === undefined) throw new Error(`there is no session ${session}`);
  return found;
}

for (let session = 1; session <= sessions; session++) {
  const start: SessionStart = {
    label: `vm-${session}`,
    dialect: 'qmp',
    client: { address: 'unix:/run/qmptap.sock', pid: 1000 + session, uid: 0, gid: 0, program: 'libvirtd' },
    server: { address: `unix:/run/vm-${session}.sock` },
    started: started + session,
  };
  recorder.open(start, 0);
}

/** Time passes; gives the session. */
function tick(session: number): State {
  const of = stateOf(session);
  of.t += 2_000 + below(20_000);
  return of;
}

function add(session: number, text: string, fds?: number): void {
  const dir = fds === undefined ? 's2c' : 'c2s';
  recorder.chunk(session, { dir, t: stateOf(session).t, bytes: encoder.encode(text), fds: fds ?? 0 });
}

function addEvent(session: number): void {
  tick(session);
  const name = events[below(events.length)] ?? '';
  const stamp = `{"seconds": ${1_795_000_000 + below(1000)}, "microseconds": ${below(1_000_000)}}`;
  const data = `{"device": "virtio${below(8)}", "node-name": "drive-${below(8)}", "reason": "No space left on device", "operation": "write", "action": "report"}`;
  const text = `{"timestamp": ${stamp}, "event": "${name}", "data": ${data}}\r\n`;
  add(session, text);
}

function addCommand(session: number): void {
  const of = tick(session);
  const name = commands[below(commands.length)] ?? '';
  const id = `"libvirt-${++of.id}"`;
  const text = `{"execute":"${name}","arguments":{"device":"virtio${below(8)}"},"id":${id}}\r\n`;
  add(session, text, below(500) === 0 ? 1 : 0);
  of.waits = true;
}

function addResponse(session: number): void {
  const of = tick(session);
  const id = `"libvirt-${of.id}"`;
  of.waits = false;
  if (below(1000) === 0) of.t += 20_000_000 + below(200_000_000);
  const text =
    below(100) === 0
      ? `{"id": ${id}, "error": {"class": "GenericError", "desc": "Device 'virtio${below(8)}' not found"}}\r\n`
      : `{"return": {"status": "running", "value": ${below(1e9)}}, "id": ${id}}\r\n`;
  add(session, text);
}

const messages = Number(wanted);
for (let n = 0; n < messages; n++) {
  const session = 1 + below(sessions);
  if (below(10) < 6) addEvent(session);
  else if (!stateOf(session).waits) addCommand(session);
  else if (below(50_000) === 0) addCommand(session);
  else addResponse(session);
}
for (let session = 1; session <= sessions; session++) {
  recorder.close(session, stateOf(session).t + 1, 'client-closed', undefined);
}
const finished = await recorder.finish();
process.stdout.write(`${path}: ${String(finished.messages)} messages\n`);
