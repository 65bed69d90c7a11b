/** The help of every command that people see, as the program prints it. */
import { execFileSync } from 'node:child_process';

/** By the command, as `replay server`; the program's own by `''`. */
export function helpTexts(): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  const visit = (words: readonly string[]): void => {
    const help = execFileSync(process.execPath, ['dist/cli/main.js', ...words, '--help'], {
      encoding: 'utf8',
      env: { ...process.env, COLUMNS: '200' },
    });
    texts.set(words.join(' '), help);
    const [, commands = ''] = /\nCommands:\n([^]*?)(?:\n\n|$)/.exec(help) ?? [];
    for (const [, name = ''] of commands.matchAll(/^  ([a-z]\S*)/gm)) {
      if (name !== 'help') visit([...words, name]);
    }
  };
  visit([]);
  return texts;
}
