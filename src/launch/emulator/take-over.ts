/**
 * Goes on where a recorder that was killed ended, with the sockets that its keeper held, in a recording of its own.
 */
import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { holdExchanged, undoExchange } from '../../transport/path/exchanged-path.js';
import { lockSocket } from '../../transport/unix/socket-lock.js';
import { EndableSink } from '../record/endable-sink.js';
import { watchQemu } from '../qemu/qemu-life.js';
import { follow, openRecorder, tellTrouble, type Interposed, type RecorderOptions } from './interposed.js';
import { toGuard } from './keeper-script.js';
import { goesOnFrom } from './recorded-start.js';
import { readInheritance, successionOf, type Inheritance } from './succession.js';
import type { TappedChannel } from './held-sockets.js';
import { VmRecorder } from './vm-recorder.js';

export interface TakeOverOptions extends RecorderOptions {
  /** What the recorder before wrote for us. */
  readonly state: string;
  /** Says a word to the keeper that started us. */
  readonly tellKeeper: (word: string) => void;
  /** Relay, and keep nothing. */
  readonly unrecorded?: boolean | undefined;
}

/** How long another recorder may take to end that has the same sockets. */
const patienceMs = 3_000;

/**
 * Takes over. If no recording can be made, relays without one: the VM depends on it. Undefined: another recorder
 * does all this already.
 */
export async function takeOver(options: TakeOverOptions): Promise<Interposed | undefined> {
  const inheritance = readInheritance(options.state);
  const { channels, pid, label, note, previous } = inheritance;
  if (!(await isAlone(inheritance))) {
    options.tellKeeper(toGuard.over);
    return undefined;
  }
  const firstNote = `${goesOnFrom}${previous}, whose recorder was killed: what it had just read may be lost\n${note}`;
  const recorder = options.unrecorded
    ? undefined
    : await openRecorder({ label, note, firstNote }, options).catch((error: unknown) => {
        options.trouble(error instanceof Error ? error.message : String(error));
        return undefined;
      });
  options.trouble(
    `the recorder of ${previous} was killed; the VM goes on, recorded in ${recorder?.path ?? 'nothing'}`,
  );
  const life = watchQemu(pid);
  const sink = new EndableSink(recorder);
  const vm = new VmRecorder({
    label,
    sink,
    alive: () => life.alive,
    onEvent: tellTrouble(options.trouble),
    succession: {
      ...successionOf(options, { pid, label, note }, () => recorder?.path ?? previous),
      onHold: () => {
        options.tellKeeper(toGuard.over);
      },
    },
  });
  for (const { channel, sockets } of channels) await vm.takeOver(channel, sockets);
  const running = follow({
    ...{ vm, life, sink, recorder },
    cleanUp: () => {
      for (const { channel } of channels) cleanUp(channel);
    },
  });
  for (const { channel } of channels) hold(channel, recorder?.path ?? previous, options.trouble);
  options.tellKeeper(toGuard.running);
  return {
    ...running,
    finished: running.finished.then(() => {
      options.tellKeeper(toGuard.over);
    }),
  };
}

/** Two who read from the same sockets would tear messages apart. */
async function isAlone({ channels }: Inheritance): Promise<boolean> {
  const listener = channels[0]?.sockets.listener;
  if (listener === undefined) return true;
  const end = performance.now() + patienceMs;
  while (!lockSocket(listener)) {
    if (performance.now() > end) return false;
    await sleep(50);
  }
  return true;
}

/** Says that an exchanged path is ours now. */
function hold(
  { exchanged, address }: TappedChannel,
  recording: string,
  trouble: (line: string) => void,
): void {
  if (exchanged !== true || address.kind !== 'unix') return;
  try {
    holdExchanged(address.path, recording);
  } catch (error) {
    trouble(error instanceof Error ? error.message : String(error));
  }
}

/** Removes what is left in the file system when QEMU has ended. */
function cleanUp({ exchanged, address, path }: TappedChannel): void {
  if (exchanged !== true || address.kind !== 'unix') {
    rmSync(path, { force: true });
    return;
  }
  try {
    undoExchange(address.path, { held: true });
  } catch {
    // libvirt has removed the folder, or a new server has its place.
  }
}
