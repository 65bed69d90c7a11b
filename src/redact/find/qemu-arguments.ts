/**
 * Takes the secrets out of QEMU's arguments: a text has them where its names and URLs say so, an argument also
 * where its option does (`-object secret,data=…`, `-fw_cfg string=…`).
 */
import { commandLine, parseCommandLine } from '../../text/command-line.js';
import { type ListItem, parseOptionList, printOptionList, valueOf } from '../../text/option-list.js';
import type { Hide } from './found-secret.js';
import { hideInJson, hideInText } from './nested-text.js';
import { secretName } from './secret-names.js';
import { isSecretFlag } from './secret-text.js';

/** The arguments without their secrets; all others as they were, character by character. */
export function hideInArguments(argv: readonly string[], hide: Hide): string[] {
  return argv.map((argument, at) => {
    const before = argv[at - 1] ?? '';
    if (before.startsWith('--') && isSecretFlag(before)) {
      return hide({ text: argument, what: 'a password by its name' });
    }
    return hideInArgument(/^--?(.+)$/s.exec(before)?.[1] ?? '', argument, hide);
  });
}

/** A command line as a text without its secrets; undefined where the text is none. */
export function hideInCommandLine(line: string, hide: Hide): string | undefined {
  const words = parseCommandLine(line);
  if (words === undefined || !words.some((word) => /^--?[a-z]/.test(word))) return undefined;
  const safe = hideInArguments(words, hide);
  return safe.every((word, at) => word === words[at]) ? line : commandLine(safe);
}

function hideInArgument(option: string, argument: string, hide: Hide): string {
  // The kernel's command line and a JSON value are not lists.
  if (option === 'append') return hideInText(argument, hide);
  if (argument.startsWith('{')) return hideInJson(argument, hide) ?? hideInText(argument, hide);
  const whole = wholeValue(option, argument);
  if (whole !== undefined) {
    const { name, value } = whole;
    return `${name}=${hideValue(value, secretName(name)?.what, hide)}`;
  }
  const items = parseOptionList(argument);
  const safe = items.map((item) => {
    const value = hideValue(item.value, whatIs(option, item, items), hide);
    return value === item.value ? item : { name: item.name, value };
  });
  const list = safe.every((item, at) => item === items[at]) ? argument : printOptionList(safe);
  // An argument may also be the name of an image or a URL, with an `=` in it that is not a list's.
  return hideInText(list, hide);
}

/** `password=on` only switches one on. */
const switches = /^(?:on|off|yes|no|true|false|)$/;

function hideValue(value: string, what: string | undefined, hide: Hide): string {
  if (what !== undefined) return switches.test(value) ? value : hide({ text: value, what });
  return hideInText(value, hide);
}

/** Of `-global driver.property=value` and `-set group.id.name=value` all that follows is the value, commas too. */
function wholeValue(option: string, argument: string): (ListItem & { name: string }) | undefined {
  if (option !== 'global' && option !== 'set') return undefined;
  const equals = argument.indexOf('=');
  const name = argument.slice(0, Math.max(equals, 0));
  return name.includes('.') ? { name, value: argument.slice(equals + 1) } : undefined;
}

/** What an item of a list is, if it is a secret. */
function whatIs(option: string, { name, value }: ListItem, items: readonly ListItem[]): string | undefined {
  if (name === undefined) return undefined;
  const row = secretName(name);
  if (row !== undefined) return row.what;
  const kind = valueOf(items, 'qom-type') ?? (items[0]?.name === undefined ? items[0]?.value : undefined);
  // Its data may be in clear, or encrypted with a key that lies in a file.
  if (kind !== undefined && /^secret(?:_keyring)?$/.test(kind)) {
    const property = secretName(name, 'secret object');
    if (property !== undefined) return property.what;
  }
  if (option === 'global' && name === 'value') return secretName(valueOf(items, 'property') ?? '')?.what;
  // Both hand the guest whatever its owner likes: Ignition files, systemd credentials.
  if (option === 'fw_cfg') return secretName(name, 'fw_cfg')?.what;
  const isCredential = option === 'smbios' && name === 'value' && value.startsWith('io.systemd.credential');
  return isCredential ? 'a credential for the guest' : undefined;
}
