/**
 * What `qmptap complete` does for the shells' scripts: takes the line being typed, returns the words that can follow.
 * The first line of the answer tells the shell what else to complete (`how`, below); each other line is a word, a
 * tab and its help. For bash, words are quoted already: it inserts them as they are.
 */
import type { Command } from 'commander';
import { pathsFrom } from './paths.js';
import type { Shell } from './scripts.js';
import { bashWord, type TypedLine, typedLine } from './shell-words.js';
import { type Kind, suggest, type Suggestion } from './suggest.js';

/** Longer lists are cut. */
const most = 500;

/** `line` goes up to the cursor; `replaced` is the part of it that bash will replace. */
export async function complete(program: Command, shell: Shell, line: string, replaced = ''): Promise<string> {
  const typed = typedLine(line);
  const words = typed.words.slice(programAt(typed.words) + 1);
  const { items, kinds, prefix, recording } = suggest(program, words, typed.last);
  const value = typed.last.slice(prefix.length);
  const found = [...items];
  if (kinds.some((kind) => ofRecordings.has(kind))) {
    const { valuesOf } = await import('./values.js');
    for (const kind of kinds) {
      const more = valuesOf(kind, value, recording);
      found.push(...more.map(({ text, help }) => ({ text: prefix + text, help })));
    }
  }
  const files = kinds.filter((kind) => kind === 'recording' || kind === 'file' || kind === 'folder');
  const how: string[] = [...files];
  if (kinds.includes('command')) how.push('command');
  if (files.includes('file') || (files.length > 0 && typed.expands)) how.push('default');
  else if (shell !== 'zsh') {
    found.push(...pathsFrom(value, files).map((path) => ({ text: prefix + path, help: '' })));
  }
  const shown = found.filter(isPlain).slice(0, most);
  if (shown.length > 0 && shown.every(({ text }) => /[:=>/]$/.test(text))) how.push('nospace');
  const lines = shell === 'bash' ? bashWords(shown, typed, replaced) : shown.map(wordAndHelp);
  return [how.join(' '), ...lines, ''].join('\n');
}

const ofRecordings: ReadonlySet<Kind> = new Set<Kind>(['filter', 'session', 'schema-name', 'command-name']);

/** Index of the program's name: assignments (`A=b qmptap …`) come before it. */
function programAt(words: readonly string[]): number {
  return words.findIndex((word) => !/^\w+=/.test(word));
}

/** Names come from recordings and folders, which are untrusted: no control characters. */
function isPlain({ text, help }: Suggestion): boolean {
  return !/\p{C}/u.test(text + help);
}

function wordAndHelp({ text, help }: Suggestion): string {
  return help === '' ? text : `${text}\t${help}`;
}

/** bash replaces a word only after its last `:`, `=` and the like. */
function bashWords(items: readonly Suggestion[], { last, quote }: TypedLine, replaced: string): string[] {
  const kept = last.length - typedLine(quote + replaced).last.length;
  const words = items.map(({ text }) => bashWord(text.slice(kept), quote));
  const [only] = words;
  // With a single word bash closes the quotes, even after `class:`, which needs a value. So offer two.
  return quote !== '' && words.length === 1 && /[:>/]$/.test(only ?? '') ? [`${only}`, `${only}…`] : words;
}
