/** The pages that users read. */
import { readdirSync, readFileSync } from 'node:fs';
import { type Block, blocksOf, commandsOf, type ShownCommand } from './shown.js';

/** The README first; then `docs/`, without what is generated in its folders. */
export const pages: readonly string[] = [
  'README.md',
  ...readdirSync('docs')
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

/** The languages of blocks that hold commands. */
export const shells: readonly string[] = ['console', 'sh', ''];

/** What a page's comments may say about a block. */
export const noteNames: readonly string[] = [
  'exit',
  'not run',
  'not compared',
  'printed by',
  'libvirt',
  'confined',
];

export function blocksIn(page: string): Block[] {
  return blocksOf(readFileSync(page, 'utf8'));
}

/** Those that are run here: with libvirt, or without it. */
export function commandsIn(blocks: readonly Block[]): ShownCommand[] {
  return blocks
    .filter(({ language }) => shells.includes(language))
    .filter(({ notes }) => !notes.has('not run') && !notes.has('confined'))
    .flatMap(commandsOf);
}
