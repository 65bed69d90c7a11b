/**
 * Takes the secrets out of QEMU's arguments, so that a recording that is sent to somebody tells how the
 * VM was started and no password. Knows the options that carry them, and nothing else of QEMU.
 */
import { equalJson } from '../../json/canonical.js';
import { parseJson } from '../../json/parse.js';
import { printJson } from '../../json/print.js';
import { isArray, isObject, type JsonObject, type JsonValue } from '../../json/value.js';
import { parseOptionList, printOptionList, type ListItem } from '../../text/option-list.js';

/** What stands where a secret was. */
export const hidden = '[secret]';

/** The arguments with every secret replaced by `[secret]`; all others as they were, character by character. */
export function withoutSecrets(argv: readonly string[]): string[] {
  return argv.map((argument, at) => {
    const option = /^--?(.+)$/s.exec(argv[at - 1] ?? '')?.[1] ?? '';
    const url = argument.replace(userInfo, `$1${hidden}@`);
    if (option === 'append') return url;
    return argument.startsWith('{') ? hideInJson(url, option) : hideInList(url, option);
  });
}

/** `user:password@` of a URL. */
const userInfo = /(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/?#"',@]+@/gi;

/** Members whose value is a secret, wherever they are; `password=on` only switches one on. */
const secretNames = /^(?:password|passwd|passphrase|cookie|chap[-_]?password)$/;

function isSecret(option: string, kind: string | undefined, path: string, value: string): boolean {
  const name = path.slice(path.lastIndexOf('.') + 1);
  if (secretNames.test(name)) return !/^(?:on|off|yes|no|true|false)$/.test(value);
  // A secret object's data may be in clear, or encrypted with a key that lies in a file.
  if (option === 'object') return kind?.startsWith('secret') === true && name === 'data';
  // Both hand the guest whatever its owner likes: Ignition files, systemd credentials.
  if (option === 'fw_cfg') return name === 'string';
  return option === 'smbios' && name === 'value' && /^io\.systemd\.credential/.test(value);
}

function hideInList(text: string, option: string): string {
  const items = parseOptionList(text);
  const first = items[0];
  const kind =
    first?.name === undefined ? first?.value : items.find(({ name }) => name === 'qom-type')?.value;
  const hide = (item: ListItem): ListItem =>
    item.name === undefined || !isSecret(option, kind, item.name, item.value)
      ? item
      : { name: item.name, value: hidden };
  const safe = items.map(hide);
  return safe.every((item, at) => item === items[at]) ? text : printOptionList(safe);
}

function hideInJson(text: string, option: string): string {
  let value: JsonValue;
  try {
    value = parseJson(text);
  } catch {
    return text; // QEMU will refuse it
  }
  if (!isObject(value)) return text;
  const kind = value.get('qom-type');
  const hide = (part: JsonValue): JsonValue => {
    if (isArray(part)) return part.map(hide);
    return isObject(part) ? hideMembers(part) : part;
  };
  const hideMembers = (members: JsonObject): JsonObject =>
    new Map(
      Array.from(members, ([name, member]) => {
        if (typeof member !== 'string') return [name, hide(member)];
        const secret = isSecret(option, typeof kind === 'string' ? kind : undefined, name, member);
        return [name, secret ? hidden : member];
      }),
    );
  const safe = hideMembers(value);
  return equalJson(safe, value) ? text : printJson(safe);
}
