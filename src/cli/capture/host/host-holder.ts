/** What `qmptap host hold` does: holds the sockets of the host that started it, and starts it again if it dies. */
import { closeSync, writeSync } from 'node:fs';
import { escapeText } from '../../../inspect/format.js';
import { Holder } from '../../../launch/host/store/holder.js';
import { tellOnce } from '../../output/diagnostics.js';

export interface HoldFlags {
  address: string;
  pid: string;
}

/** Ends when there is nothing to hold, and by no signal that can be caught: VMs depend on it. */
export async function holdCommand(
  command: [string, ...string[]],
  { address, pid }: HoldFlags,
): Promise<void> {
  const trouble = (line: string): void => {
    tellOnce(`qmptap: ${escapeText(line)}`);
  };
  process.on('uncaughtException', (error) => {
    trouble(`internal error, please report it; the sockets are held: ${error.stack ?? error.message}`);
  });
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);
  const holder = new Holder({ address, pid: Number(pid), command, trouble });
  writeSync(3, '\n');
  closeSync(3);
  await holder.run();
  process.exit(0);
}
