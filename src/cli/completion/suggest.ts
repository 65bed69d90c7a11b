/**
 * What can come next on a command line, from the program's own declaration: commands, options, choices, and for
 * placeholders (`<file>`, `[filter...]`) the kind of value.
 */
import type { Argument, Command, Option } from 'commander';

/** `command` is a command line of its own, which begins here. */
export type Kind =
  'recording' | 'file' | 'folder' | 'command' | 'filter' | 'session' | 'schema-name' | 'command-name';

/** What a placeholder stands for; any other completes to nothing. */
const kinds: Readonly<Record<string, Kind | undefined>> = {
  recording: 'recording',
  other: 'recording',
  file: 'file',
  bin: 'file',
  addr: 'file',
  dir: 'folder',
  command: 'command',
  filter: 'filter',
  n: 'session',
  name: 'schema-name',
  glob: 'command-name',
  // Only libvirt knows its VMs, and asking may start a daemon.
  vm: undefined,
};

export interface Suggestion {
  readonly text: string;
  readonly help: string;
}

export interface Suggestions {
  /** Known words that begin with what was typed. */
  readonly items: readonly Suggestion[];
  /** Kinds of values that may also come. */
  readonly kinds: readonly Kind[];
  /** The part of the word before the value: `--schema=`. */
  readonly prefix: string;
  /** The arguments so far. */
  readonly given: readonly string[];
  /** The recording that the line names, if there is one. */
  readonly recording: string | undefined;
}

/** `words`: those between the program's name and the word being typed. */
export function suggest(program: Command, words: readonly string[], typed: string): Suggestions {
  const place = new Place(program);
  for (const word of words) place.pass(word);
  const { given, recording } = place;
  const none = { items: [], kinds: [], prefix: '', given, recording };
  const ofValue = (placeholder: string, choices: readonly string[] | undefined, prefix = ''): Suggestions => {
    const known = choices ?? literals(placeholder);
    return {
      ...none,
      items: matching(known.map((text) => ({ text: prefix + text, help: '' })), typed),
      kinds: kindsOf(placeholder),
      prefix,
    }; // prettier-ignore
  };

  if (place.awaiting !== undefined && !(place.awaiting.variadic && typed.startsWith('-'))) {
    return ofValue(placeholderOf(place.awaiting), place.awaiting.argChoices);
  }
  if (!place.operandsOnly) {
    const [, flag] = /^(--[^=]+)=/.exec(typed) ?? [];
    const option = flag === undefined ? undefined : place.option(flag);
    if (option !== undefined)
      return ofValue(placeholderOf(option), option.argChoices, `${option.long ?? ''}=`);
    if (typed.startsWith('-')) return { ...none, items: matching(place.flags(), typed) };
  }
  const commands = place
    .commands()
    .map((known) => ({ text: known.name(), help: known.summary() || known.description() }));
  const argument = place.argument();
  const next = argument === undefined ? undefined : ofValue(argument.name(), argument.argChoices);
  const isCommand = next?.kinds.includes('command') === true && !place.operandsOnly;
  const items = [...commands, ...(isCommand ? [] : (next?.items ?? []))];
  const found = { ...none, items: matching(items, typed), kinds: isCommand ? [] : (next?.kinds ?? []) };
  // If nothing else can come, offer options.
  return items.length + found.kinds.length > 0 ? found : { ...none, items: matching(place.flags(), typed) };
}

/** The state after the words so far: which command, which arguments, which option awaits its value. */
class Place {
  readonly #path: Command[];
  /** The option whose value comes next. */
  awaiting: Option | undefined;
  /** After `--`. */
  operandsOnly = false;
  given: string[] = [];
  recording: string | undefined;
  readonly #used = new Set<Option>();

  constructor(program: Command) {
    this.#path = [program];
  }

  get #command(): Command {
    return this.#path.at(-1) as Command;
  }

  get #isHelp(): boolean {
    return this.#path.length > 1 && this.#command.name() === 'help';
  }

  pass(word: string): void {
    if (this.awaiting !== undefined && !(this.awaiting.variadic && word.startsWith('-'))) {
      if (!this.awaiting.variadic) this.awaiting = undefined;
    } else if (!this.operandsOnly && word === '--') {
      this.awaiting = undefined;
      this.operandsOnly = true;
    } else if (!this.operandsOnly && word.startsWith('-') && word !== '-') this.#passOption(word);
    else this.#passOperand(word);
  }

  #passOption(word: string): void {
    const [flag = word] = word.startsWith('--') ? word.split('=') : [word.slice(0, 2)];
    const option = this.option(flag);
    this.awaiting = undefined;
    if (option === undefined) return;
    if (option.isBoolean()) this.#used.add(option);
    else if (flag === word) this.awaiting = option;
  }

  #passOperand(word: string): void {
    const command = this.commands().find((known) => known.name() === word);
    if (command !== undefined && !this.#isHelp) {
      this.#path.push(command);
      return;
    }
    const kind = kindsOf(this.argument()?.name() ?? '');
    if (kind.includes('recording')) this.recording ??= word;
    this.given.push(word);
  }

  option(flag: string): Option | undefined {
    return this.#options().find(({ short, long }) => flag === short || flag === long);
  }

  /** Includes the options of parent commands. */
  #options(): Option[] {
    return this.#path.toReversed().flatMap((command, outer) =>
      command
        .createHelp()
        .visibleOptions(command)
        .filter(({ long }) => outer === 0 || (long !== '--help' && long !== '--version')),
    );
  }

  flags(): Suggestion[] {
    const named = this.#options()
      .filter((option) => !this.#used.has(option))
      .map(({ long, short, description }) => ({ text: long ?? short ?? '', help: description }));
    const operand = this.argument();
    return operand?.name() === 'command' ? [...named, { text: '--', help: operand.description }] : named;
  }

  /** The subcommands that can follow; after `help`, its siblings. */
  commands(): Command[] {
    const of = this.#isHelp ? this.#path.at(-2) : this.#command;
    if (of === undefined || this.given.length > 0 || this.operandsOnly) return [];
    return of
      .createHelp()
      .visibleCommands(of)
      .filter((command) => command !== this.#command);
  }

  argument(): Argument | undefined {
    const { registeredArguments: all } = this.#command;
    const last = all.at(-1);
    return all[this.given.length] ?? (last?.variadic === true ? last : undefined);
  }
}

function matching(items: readonly Suggestion[], typed: string): Suggestion[] {
  return items.filter(({ text }) => text.startsWith(typed));
}

/** `file` in `-o, --output <file>`. */
function placeholderOf({ flags }: Option): string {
  return /[<[](.+?)(?:\.\.\.)?[>\]]/.exec(flags)?.[1] ?? '';
}

function kindsOf(placeholder: string): Kind[] {
  return placeholder.split('|').flatMap((part) => kinds[part] ?? []);
}

/** The alternatives in `<asap|recorded|x10>`. */
function literals(placeholder: string): string[] {
  const parts = placeholder.split('|');
  return parts.length === 1 ? [] : parts.filter((part) => !Object.hasOwn(kinds, part));
}
