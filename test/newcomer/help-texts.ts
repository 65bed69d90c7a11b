/** The help of every command that people see, as the program prints it. */
import { execFileSync } from 'node:child_process';

/** What is no list of commands. */
const other = /^(?:Usage|Arguments|Options|Formats|Examples?):|^(?!.*:\n)/;

/** By the command, as `replay server`; the program's own by `''`. */
export function helpTexts(): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  const visit = (words: readonly string[]): void => {
    const help = execFileSync(process.execPath, ['dist/cli/main.js', ...words, '--help'], {
      encoding: 'utf8',
      env: { ...process.env, COLUMNS: '200' },
    });
    texts.set(words.join(' '), help);
    for (const section of help.split('\n\n').filter((part) => !other.test(part))) {
      for (const [, name = ''] of section.matchAll(/^ {2}([a-z]\S*)/gm)) {
        if (name !== 'help') visit([...words, name]);
      }
    }
  };
  visit([]);
  return texts;
}
