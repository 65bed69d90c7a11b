/** The help of every command that people see, as the program prints it. */
import { execFileSync } from 'node:child_process';
import { withSubcommands, wordsOf } from '../../src/cli/man/man-page.js';
import { createProgram } from '../../src/cli/program.js';

/** By the command, as `replay server`; the program's own by `''`. */
export function helpTexts(): ReadonlyMap<string, string> {
  return new Map(
    withSubcommands(createProgram()).map((command) => {
      const [, ...words] = wordsOf(command);
      const help = execFileSync(process.execPath, ['dist/cli/main.js', ...words, '--help'], {
        encoding: 'utf8',
        env: { ...process.env, COLUMNS: '200' },
      });
      return [words.join(' '), help];
    }),
  );
}
