/**
 * The demonstration: a recorded QEMU answers on a socket, a recorder stands before it, a small client says
 * what the recording's client said, and the messages scroll by as they are kept.
 */
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { escapeText } from '../../inspect/format.js';
import { record } from '../../launch/record/record.js';
import { replayServer } from '../../launch/replay/replay-server.js';
import { commandLine } from '../../text/command-line.js';
import type { RecordingReader } from '../../recording/ports.js';
import { openRecording } from '../../store/index/open.js';
import { defaultPath } from '../files/folder.js';
import { startLive } from '../capture/live-thread.js';
import { writeDiagnostics } from '../output/diagnostics.js';
import { say } from '../output/output.js';

const recorded = fileURLToPath(new URL('../../../recordings/demo.qmptap', import.meta.url));

/** Between two commands, so that one can watch; milliseconds. */
const pause = 150;

/** With `npm start` the command is not installed. */
const program = process.env['npm_lifecycle_event'] === 'start' ? 'node dist/cli/main.js' : 'qmptap';

/** Plays the demonstration to its end. Gives the exit code. */
export async function demo(output: string | undefined): Promise<number> {
  const path = output ?? defaultPath(new Date(), 'demo');
  using recording = openRecording(recorded);
  // Both end with this function, also where the output cannot be written.
  await using qemu = await replayServer(recording, { match: 'content' });
  await using tap = await record({
    listen: qemu.address.replace(/\.sock$/, '.tap.sock'),
    connect: qemu.address,
    output: path,
    label: 'demo',
  });
  say('a recorded QEMU answers, the proxy stands before it, and a small client asks:');
  const live = startLive(
    { path, format: 'text' },
    {
      ended: () => undefined,
      failed: (error) => {
        say(`the live view failed: ${error.message}`);
      },
    },
  );
  await converse(tap.address.replace('unix:', ''), commands(recording));
  await tap.drain();
  await live.finish();
  const summary = await tap.stop();
  say(`that was ${summary.messages ?? 'no'} messages; they are in ${path}`);
  const name = escapeText(commandLine([path]));
  writeDiagnostics(`
What to type next:
  ${program} show ${name} cmd:query-*
  ${program} check ${name}
  ${program} replay server ${name} --listen /tmp/qmp.sock
  ${program} record --listen /tmp/tap.sock --connect /path/of/your/qmp.sock
`);
  return 0;
}

/** What the recorded client sent. */
function commands(recording: RecordingReader): Uint8Array[] {
  const sent = recording.messages({ session: 1, where: { op: 'glob', field: 'dir', glob: 'c2s' } });
  return Array.from(sent, (message) => message.raw);
}

/** Sends a command at a time, slowly enough to be watched, until the server closes. */
async function converse(path: string, lines: readonly Uint8Array[]): Promise<void> {
  const socket = connect(path).resume();
  const closed = once(socket, 'close');
  for (const line of lines) {
    await Promise.race([closed, setTimeout(pause)]);
    if (socket.destroyed) return;
    socket.write(line);
  }
  await Promise.race([closed, setTimeout(pause)]);
  socket.end();
  await closed;
}
