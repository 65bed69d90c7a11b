/** A command's man page, made of what its `--help` is made of. */
import type { Command, Help, Option } from 'commander';
import { version } from '../../version.js';
import { type HelpSection, helpSections, namedItem } from './help-sections.js';
import { bold, italic, literal, prose } from './roff.js';

/** The words of a command, the program's name first. */
export function wordsOf(command: Command): string[] {
  return command.parent === null ? [command.name()] : [...wordsOf(command.parent), command.name()];
}

/** A command and all that people see below it. */
export function withSubcommands(command: Command): Command[] {
  return [command, ...subcommandsOf(command).flatMap(withSubcommands)];
}

/** `help` is not one: what it prints is here. */
function subcommandsOf(command: Command): Command[] {
  return command
    .createHelp()
    .visibleCommands(command)
    .filter((inner) => inner.name() !== 'help');
}

/** The page in roff, for `man` section 1. */
export function manPage(command: Command): string {
  const help = command.createHelp();
  const page = wordsOf(command).join('-');
  const after = helpSections(command);
  const lines = [
    `.TH ${literal(page.toUpperCase())} 1 "" "qmptap ${literal(version)}" "qmptap"`,
    // Neither hyphens in words nor spaces between them that the text does not have.
    '.nh',
    '.ad l',
    '.SH NAME',
    `${literal(page)} \\- ${prose(command.summary())}`,
    '.SH SYNOPSIS',
    `${bold(wordsOf(command).join(' '))} ${italic(command.usage())}`,
    '.SH DESCRIPTION',
    prose(command.description()),
    ...after.filter(({ title }) => title === undefined).flatMap(({ lines: text }) => paragraph(text)),
    ...listed('ARGUMENTS', help.visibleArguments(command).map((argument) => [
      italic(argument.name()),
      help.argumentDescription(argument),
    ])), // prettier-ignore
    ...listed(
      'OPTIONS',
      help.visibleOptions(command).map((option) => [flagsOf(option), help.optionDescription(option)]),
    ),
    ...commandSections(command, help),
    ...after.flatMap(titled),
    '.SH SEE ALSO',
    seeAlso(command),
  ];
  return `${lines.join('\n')}\n`;
}

function listed(title: string, items: readonly (readonly [term: string, text: string])[]): string[] {
  if (items.length === 0) return [];
  return [`.SH ${title}`, ...items.flatMap(([term, text]) => ['.TP', term, prose(text)])];
}

/** `-o, --output <file>` with the names bold and the value in italics. */
function flagsOf({ flags }: Option): string {
  return flags
    .split(/(, | )/)
    .map((part) => (part.startsWith('-') ? bold(part) : /^[[<]/.test(part) ? italic(part) : literal(part)))
    .join('');
}

/** The commands below this one, under the headings of the help. */
function commandSections(command: Command, help: Help): string[] {
  const lines: string[] = [];
  let group: string | undefined;
  for (const inner of subcommandsOf(command)) {
    if (lines.length === 0) lines.push('.SH COMMANDS');
    if (inner.helpGroup() !== group && inner.helpGroup() !== '') {
      group = inner.helpGroup();
      lines.push(`.SS ${literal(group.replace(/:$/, ''))}`);
    }
    lines.push('.TP', `${bold(wordsOf(inner).join('-'))}(1)`, prose(help.subcommandDescription(inner)));
  }
  return lines;
}

/** Prose; its indented lines are shown as they are. */
function paragraph(text: readonly string[]): string[] {
  const lines = ['.PP'];
  let shown = false;
  for (const line of text) {
    const isShown = line.startsWith('  ');
    if (isShown !== shown) lines.push(...(isShown ? ['.RS 4', '.EX'] : ['.EE', '.RE']));
    shown = isShown;
    lines.push(isShown ? literal(line.slice(2)) : prose(line));
  }
  return shown ? [...lines, '.EE', '.RE'] : lines;
}

/** A section with a title: examples as they are, a list of names as one. */
function titled({ title, lines }: HelpSection): string[] {
  if (title === undefined) return [];
  const heading = `.SH ${literal(title.toUpperCase())}`;
  const items = lines.map(namedItem);
  if (/^Examples?$/.test(title) || !items.every((item) => item !== undefined)) {
    return [heading, '.EX', ...lines.map(literal), '.EE'];
  }
  return [heading, ...items.flatMap(([name, text]) => ['.TP', bold(name), prose(text)])];
}

/** The commands around this one. */
function seeAlso(command: Command): string {
  const { parent } = command;
  const others =
    parent === null
      ? subcommandsOf(command)
      : [parent, ...subcommandsOf(parent).filter((other) => other !== command)].filter(
          (other) => other === parent || other.helpGroup() === command.helpGroup(),
        );
  return others.map((other) => `${bold(wordsOf(other).join('-'))}(1)`).join(',\n');
}
