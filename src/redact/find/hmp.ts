/** Human monitor commands with a secret in them, or whose answer is one (`hmp-commands.hx`). */
import type { SecretPart } from './found-secret.js';
import { secretName } from './secret-names.js';

/** A word of the line, without the flags. */
interface Word {
  readonly start: number;
  readonly text: string;
}

interface HmpRule {
  /** How many words stand between the command and the secret, which goes to the end of the line. */
  readonly words: number;
  readonly what: string;
  /** Only if those words say so. */
  readonly when?: (words: readonly string[]) => boolean;
  /** Words after the secret that are not part of it. */
  readonly keeps?: RegExp;
}

const secretProperty = (name: string | undefined): boolean =>
  name !== undefined && secretName(name, 'secret object') !== undefined;

/** By command. */
const rules = new Map<string, HmpRule>([
  ['set_password', { words: 1, what: 'a VNC or SPICE password', keeps: /\s+(?:keep|fail|disconnect)\s*$/ }],
  [
    'change',
    {
      words: 2,
      what: 'a VNC password',
      when: ([device, what = '']) => device === 'vnc' && /^passw(?:or)?d$/.test(what),
    },
  ],
  ['block_passwd', { words: 1, what: 'a password of a disk' }],
  ['sendkey', { words: 0, what: 'typed keys' }],
  ['ringbuf_write', { words: 1, what: 'data of a character device' }],
  ['qom-set', { words: 2, what: 'a secret object', when: ([, property]) => secretProperty(property) }],
]);

/** Commands whose answer is a secret, if their words say so. */
const answers = new Map<string, (words: readonly string[]) => boolean>([
  ['ringbuf_read', () => true],
  ['qom-get', ([, property]) => secretProperty(property)],
]);

/** The commands of these rules, in lines that cannot be read. */
export const hmpCommands: readonly string[] = [...rules.keys(), ...answers.keys(), 'object_add'];

/** The secrets that the line's command has by its place in it. */
export function hmpParts(line: string): SecretPart[] {
  const [command, ...words] = wordsOf(line);
  const rule = rules.get(command?.text ?? '');
  const secret = rule && words[rule.words];
  if (rule === undefined || secret === undefined) return [];
  if (rule.when?.(words.slice(0, rule.words).map(({ text }) => text)) === false) return [];
  const rest = line.slice(secret.start);
  const kept = rule.keeps?.exec(rest)?.[0].length ?? 0;
  const end = secret.start + rest.length - kept;
  return [{ start: secret.start, end: Math.max(end, secret.start + secret.text.length), what: rule.what }];
}

/** Whether what the line makes the server say is a secret. */
export function hasSecretAnswer(line: string): boolean {
  const [command, ...words] = wordsOf(line).map(({ text }) => text);
  return answers.get(command ?? '')?.(words) ?? false;
}

/** Any line is read in one pass, and no more of it than rules look at. */
const mostWords = 12;

/** The words without flags; `-d` takes the word behind it along, as it does in `set_password`. */
function wordsOf(line: string): Word[] {
  const words: Word[] = [];
  const pattern = /"(?:[^"\\]|\\.)*"?|\S+/gs;
  let named = false;
  for (const { 0: text, index: start } of line.matchAll(pattern)) {
    if (words.length === mostWords) break;
    if (named) named = false;
    else if (words.length > 0 && /^-[a-z]$/.test(text))
      named = text === '-d' && words[0]?.text === 'set_password';
    else words.push({ start, text: text.replace(/^"(.*?)"?$/s, '$1') });
  }
  return words;
}
