/** What `--exec` does: runs the user's client with the address in its environment. */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { createInterface } from 'node:readline';
import { escapeText } from '../../inspect/format.js';
import { keepInherited } from '../../transport/unix/inherited.js';
import { say } from '../output/output.js';

/**
 * Runs a command to its end, with `QMPTAP_ADDRESS`. Gives its exit code, 128 and more after a signal.
 * `aside`: another program has the terminal, so we print what the command prints.
 */
export async function runClient(
  [command = '', ...args]: readonly string[],
  address: string,
  aside = false,
): Promise<number> {
  keepInherited();
  const child = spawn(command, args, {
    stdio: aside ? ['ignore', 'pipe', 'pipe'] : 'inherit',
    env: { ...process.env, QMPTAP_ADDRESS: address },
  });
  for (const input of [child.stdout, child.stderr]) {
    if (input !== null) createInterface({ input }).on('line', (line) => { say(escapeText(line)); }); // prettier-ignore
  }
  return new Promise((resolve) => {
    child.once('error', (error) => {
      say(`--exec ${escapeText(command)}: ${spawnTrouble(error)}`);
      resolve(1);
    });
    child.once('close', (code, signal) => {
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}

function spawnTrouble(error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT') return 'no such program; give its path, or look at $PATH';
  if (error.code === 'EACCES') return 'it may not be executed; see its mode';
  return error.message;
}
