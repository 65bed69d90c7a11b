/** What a command's help says after its options, in parts: prose, lists of names, and examples. */
import type { EventEmitter } from 'node:events';
import type { Command } from 'commander';

export interface HelpSection {
  /** As in the help, `Examples` for example; of the prose undefined. */
  readonly title: string | undefined;
  /** Without the title and without what indents them all. */
  readonly lines: readonly string[];
}

/** The parts of the text that `addHelpText('after', …)` gave this command, in their order. */
export function helpSections(command: Command): HelpSection[] {
  let text = '';
  const write = (more: string): void => {
    text += more;
  };
  // A command is an emitter; its types leave this out.
  (command as unknown as EventEmitter).emit('afterHelp', { error: false, command, write });
  return text
    .split(/\n{2,}/)
    .map((part) => part.replace(/^\n|\n$/g, ''))
    .filter((part) => part !== '')
    .map(sectionOf);
}

function sectionOf(part: string): HelpSection {
  const [first = '', ...rest] = part.split('\n');
  const [, title] = /^([A-Z][\w ]*):$/.exec(first) ?? [];
  if (title === undefined || !rest.every((line) => line.startsWith('  '))) {
    return { title: undefined, lines: [first, ...rest] };
  }
  return { title, lines: rest.map((line) => line.slice(2)) };
}

/** `name  what it is` as a pair; undefined where a line is not one. */
export function namedItem(line: string): readonly [name: string, text: string] | undefined {
  const [, name, text] = /^(\S+(?:, \S+)*) {2,}(\S.*)$/.exec(line) ?? [];
  return name === undefined || text === undefined ? undefined : [name, text];
}
