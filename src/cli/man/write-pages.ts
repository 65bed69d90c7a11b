/** Writes the man page of every command into a folder. A step of the build: `node dist/cli/man/write-pages.js FOLDER`. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createProgram } from '../program.js';
import { manPage, withSubcommands, wordsOf } from './man-page.js';

const [, , folder = 'dist/man'] = process.argv;

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
for (const command of withSubcommands(createProgram())) {
  writeFileSync(join(folder, `${wordsOf(command).join('-')}.1`), manPage(command));
}
