/** What documents and help texts show: blocks, commands and their output, and whether real output is like it. */

export interface Block {
  /** Where it begins in its document, from 1. */
  readonly line: number;
  readonly language: string;
  readonly text: string;
  /** What the comments before it say: by the name, as `exit` or `not run`; docs/README.md lists them. */
  readonly notes: ReadonlyMap<string, string>;
}

export interface ShownCommand {
  readonly line: number;
  readonly command: string;
  readonly output: readonly string[];
}

/** The fenced blocks of a document. */
export function blocksOf(markdown: string): Block[] {
  const blocks: Block[] = [];
  let notes = new Map<string, string>();
  let open: { line: number; language: string; indent: number; lines: string[] } | undefined;
  for (const [index, text] of markdown.split('\n').entries()) {
    const fence = /^( *)```(\w*)$/.exec(text);
    if (fence !== null && open === undefined) {
      open = { line: index + 1, language: fence[2] ?? '', indent: fence[1]?.length ?? 0, lines: [] };
    } else if (fence !== null && open !== undefined) {
      blocks.push({ line: open.line, language: open.language, text: open.lines.join('\n'), notes });
      open = undefined;
      notes = new Map();
    } else if (open !== undefined) {
      open.lines.push(text.slice(open.indent));
    } else if (text !== '') {
      const [, name, value = ''] = /^ *<!-- ([a-z ]+)(?:: (.*))? -->$/.exec(text) ?? [];
      if (name === undefined) notes = new Map();
      else notes.set(name, value);
    }
  }
  return blocks;
}

/** In a `console` block what follows `$ `, with its output; in others of a shell every line. */
export function commandsOf({ language, text, line }: Block): ShownCommand[] {
  if (language !== 'console') return linesOf(text).map((command) => ({ line, command, output: [] }));
  const commands: { line: number; command: string; output: string[] }[] = [];
  for (const [index, shown] of text.split('\n').entries()) {
    if (shown.startsWith('$ ')) {
      commands.push({ line: line + 1 + index, command: withoutComment(shown.slice(2)), output: [] });
    } else commands.at(-1)?.output.push(shown);
  }
  return commands;
}

/** The examples in a help text. */
export function examplesOf(help: string): string[] {
  const [, examples = ''] = /\nExamples?:\n([^]*)$/.exec(help) ?? [];
  return linesOf(examples);
}

/** A backslash continues a line. */
function linesOf(text: string): string[] {
  return text
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .map((line) => withoutComment(line.trim()))
    .filter((line) => line !== '');
}

function withoutComment(line: string): string {
  return line.replace(/(?:^|\s+)# .*$|^#.*$|\s+#\s.*$/, '').trimEnd();
}

/** What differs by nature: numbers and what hangs on them, widths, and what `…` leaves out. */
function patternOf(line: string): RegExp {
  const parts = line.trim().split(/(\s+|…|[\d][\w.:+~-]*)/);
  const pattern = parts.map((part) => {
    if (part === '…') return '.*';
    if (/^\s+$/.test(part)) return '\\s+';
    return /^\d/.test(part) ? '[\\w.:+~-]+' : part.replaceAll(/[$()*+.?[\\\]^{|}]/g, '\\$&');
  });
  return new RegExp(`^\\s*${pattern.join('')}\\s*$`);
}

/** The first shown line that the real output lacks, in this order; undefined if it is like it. */
export function missing(shown: readonly string[], real: string): string | undefined {
  const lines = real.split('\n');
  let at = 0;
  for (const line of shown) {
    const found = lines.findIndex((candidate, index) => index >= at && patternOf(line).test(candidate));
    if (found < 0) return line;
    at = found + 1;
  }
  return undefined;
}
