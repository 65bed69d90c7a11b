/** The commands of the pages, as they are written: the lab does what users read. */
import { blocksIn } from '../../newcomer/documents.js';
import { commandsOf } from '../../newcomer/shown.js';

/** All commands of the block for this lab that has this one, in their order. */
export function documented(page: string, command: string): readonly string[] {
  const found = blocksIn(page)
    .filter(({ notes }) => notes.has('confined'))
    .map((block) => commandsOf(block).map((shown) => shown.command))
    .find((commands) => commands.includes(command));
  if (found === undefined) throw new Error(`${page} has no block for the confined lab with: ${command}`);
  return found;
}
