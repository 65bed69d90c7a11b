/**
 * A recorded server on a socket, put together from what the user wants: the listener, the sessions and, if asked
 * for, a recording of it all.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '../../errors.js';
import { Unstable } from '../../recording/unstable.js';
import { asap, parsePace } from '../../replay/timing/pacing.js';
import type { ServerOptions } from '../../replay/server/server.js';
import { createRecording, type Recorder } from '../../store/index/recorder.js';
import { parseAddress } from '../../transport/address.js';
import { listen } from '../../transport/listen.js';
import { dialedClients } from '../../transport/session/dialed-clients.js';
import { version } from '../../version.js';
import type { ReplayServerOptions, RunningReplayServer } from './replay-options.js';
import { openSource, type ReplaySource } from './replay-source.js';
import { ReplayServer } from './replay-sessions.js';
import { Undo } from '../undo.js';

/**
 * Plays a recorded server to the clients that connect.
 * @example
 * await using qemu = await replayServer('boot.qmptap');
 * await programUnderTest(qemu.address);
 * await qemu.verify(); // throws the account of the first divergence
 * @throws RecordingError if there is nothing to play, UsageError for an option that makes no sense,
 * ConnectError where listening fails, OutputError where `output` cannot be written
 */
export async function replayServer(
  source: ReplaySource,
  options: ReplayServerOptions = {},
): Promise<RunningReplayServer> {
  check(options);
  const pace = options.pacing === undefined ? asap : parsePace(options.pacing);
  const upstream = options.upstream === undefined ? undefined : parseAddress(options.upstream);
  const undo = new Undo();
  try {
    const sessions = openSource(source, options.session);
    undo.add(() => {
      sessions[Symbol.dispose]();
    });
    const machine: ServerOptions = {
      match: options.match ?? 'strict',
      pace,
      onMiss: options.onMiss ?? 'error',
      unstable: new Unstable(options.ignore, sessions.rules),
      repeat: options.repeat ?? [],
    };
    const listener =
      options.dialClient === undefined
        ? await listen(parseAddress(options.listen ?? (await ownSocket(undo))))
        : dialedClients(parseAddress(options.dialClient));
    undo.add(() => {
      listener.close();
    });
    const recorder = await createOutput(options, undo);
    const connection = { machine, upstream, sink: recorder, address: listener.address };
    return new ReplayServer({ sessions, options, connection, listener, undo });
  } catch (error) {
    await undo.all();
    throw error;
  }
}

function check({
  onMiss,
  upstream,
  listen: place,
  dialClient,
  repeat = [],
  match = 'strict',
}: ReplayServerOptions): void {
  if (place !== undefined && dialClient !== undefined) {
    throw new UsageError({
      subject: 'replay server',
      reason: 'the client either connects or listens',
      remedy: 'give one of --listen ADDR and --dial-client ADDR',
    });
  }
  if ((onMiss === 'forward') !== (upstream !== undefined)) {
    throw new UsageError({
      subject: 'replay server',
      reason: 'forwarding needs both --on-miss forward and --upstream ADDR',
      remedy: 'give both or neither',
    });
  }
  if (repeat.length > 0 && match === 'strict') {
    throw new UsageError({
      subject: 'replay server --repeat',
      reason: 'under --match strict each answer is given once',
      remedy: 'give --match content',
    });
  }
}

async function ownSocket(undo: Undo): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'qmptap-'));
  undo.add(() => rm(folder, { recursive: true, force: true }));
  return `unix:${join(folder, 'qmp.sock')}`;
}

async function createOutput(options: ReplayServerOptions, undo: Undo): Promise<Recorder | undefined> {
  if (options.output === undefined) return undefined;
  const recorder = await createRecording(options.output, {
    createdBy: `qmptap ${version}`,
    force: options.force,
    onTrouble: options.onTrouble ?? (() => undefined),
  });
  undo.add(async () => {
    await recorder.finish();
  });
  return recorder;
}
