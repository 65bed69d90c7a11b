/** Records a monitor of our own in a QEMU that runs: events, and what our user asks. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConnectError } from '../../../errors.js';
import { listen } from '../../../transport/listen.js';
import type { ServerSource } from '../../../transport/session/server-source.js';
import { startOf } from '../../../transport/path/holder.js';
import { dialUnix } from '../../../transport/unix/unix-dial.js';
import { recordBetween, type RecorderOptions, type RunningRecorder } from '../../record/record.js';
import { connectClient } from './own-client.js';
import { makeMonitor, type NotRemoved, removeMonitor } from './own-monitor.js';
import type { AskedMonitor } from './virsh-monitor.js';
import { once } from '../../once.js';

export interface AttachOwnOptions extends RecorderOptions {
  readonly monitor: AskedMonitor;
  /** Where QEMU is to listen: as it finds the path, and as we do. */
  readonly path: { readonly there: string; readonly here: string };
  /** QEMU's process: nobody else is spoken to. */
  readonly pid: number;
  /** What became of it at the end; undefined: it is gone. Called once. */
  readonly onRemoved: (left: NotRemoved | undefined) => void;
}

/**
 * Makes the monitor and records it until it is stopped, or QEMU ends.
 * @throws UsageError where QEMU does not make one, OutputError where the file cannot be made; nothing is left then
 */
export async function attachOwn(options: AttachOwnOptions): Promise<RunningRecorder> {
  const { monitor, path, pid, onRemoved } = options;
  const folder = mkdtempSync(join(tmpdir(), 'qmptap-own-'));
  try {
    await makeMonitor(monitor, path.there);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
  const address = join(folder, 'socket');
  let recorder: RunningRecorder | undefined;
  try {
    const clients = await listen({ kind: 'unix', path: address });
    recorder = await recordBetween([{ clients, server: serverAt(path.here, pid), dialect: 'qmp' }], options);
    const running = recorder;
    const client = await connectClient(address);
    void client.ended.then(() => {
      running.close();
    });
    const drain = once(async () => {
      client.close();
      await running.drain();
      // With QEMU all is gone.
      onRemoved(startOf(pid) === undefined ? undefined : await removeMonitor(monitor));
      rmSync(folder, { recursive: true, force: true });
    });
    const stop = once(async () => {
      await drain();
      return running.stop();
    });
    return {
      address: running.address,
      get path() {
        return running.path;
      },
      finished: running.finished,
      send: (session, text) => running.send(session, text),
      close: () => void drain(),
      drain,
      stop,
      [Symbol.asyncDispose]: async () => {
        await stop();
      },
    };
  } catch (error) {
    await recorder?.stop();
    await removeMonitor(monitor);
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

/** The folder is the VM's: what listens there may be anybody. */
function serverAt(path: string, pid: number): ServerSource {
  return {
    address: path,
    find: async (signal, waiting) => {
      const stream = await dialUnix(path, path, signal, waiting);
      if (stream.peer.pid === pid) return stream;
      stream.destroy();
      throw new ConnectError(`another process than QEMU (${pid}) listens there`, {
        address: path,
        attempt: 'use',
      });
    },
    close: () => undefined,
  };
}
