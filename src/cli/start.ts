/** Runs what the command line says, and turns how it ends into an exit code. */
import { CommanderError } from 'commander';
import { OutputError } from '../errors.js';
import { reasonOf } from '../store/disk/files.js';
import { endWithoutTerminal } from './capture/ending.js';
import { report } from './output/output.js';
import { createProgram } from './program.js';

/** Ends when the command has ended. */
export async function start(): Promise<void> {
  // A reader that has seen enough (`| head`) is not an error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    process.exit(
      report(new OutputError({ subject: 'standard output', reason: reasonOf(error) }, { path: '-' }), false),
    );
  });
  endWithoutTerminal();
  // A broken standard error cannot be reported anywhere.
  process.stderr.on('error', () => undefined);
  const program = createProgram();
  try {
    await program.parseAsync();
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
    else process.exitCode = report(error, program.opts<{ debug?: boolean }>().debug === true);
  }
}
