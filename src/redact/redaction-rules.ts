/**
 * The members of commands, responses and events that are secrets, from the schemas of QEMU (`qapi/*.json`) and of
 * the guest agent (`qga/qapi-schema.json`). Other secrets are found by name (`find/secret-names.ts`).
 */
import type { TokenForm } from './redaction-token.js';
import { namedSecrets, secretNames } from './find/secret-names.js';

/** A place in messages that holds a secret. */
export interface RedactionRule {
  /** The message: a command, a response (by its command's name) or an event. */
  readonly in: 'command' | 'response' | 'event';
  /** A shell-like pattern for the command's or the event's name. */
  readonly of: string;
  readonly path: string;
  /** For a report. */
  readonly what: string;
  /** How the value is encoded; plain text by default. */
  readonly form?: TokenForm;
  /** Only if this member of the command has this value. */
  readonly when?: { readonly path: string; readonly is: readonly string[] };
  /** Not the value itself but, below it, what stands beside the name of a secret property. */
  readonly properties?: true;
  /** Not looked for in other messages: a word like `ctrl`, or the whole output of a program. */
  readonly local?: true;
}

/** Properties of objects that are secrets. */
const secretProperties = secretNames
  .filter(({ place }) => place === 'secret object' || place === 'anywhere')
  .map(({ name }) => name);

/** The first rule that matches a value applies. */
export const redactionRules: readonly RedactionRule[] = [
  { in: 'command', of: 'set_password', path: 'arguments.password', what: 'a VNC or SPICE password' },
  { in: 'command', of: 'change-vnc-password', path: 'arguments.password', what: 'a VNC password' },
  {
    in: 'command',
    of: 'change',
    path: 'arguments.arg',
    what: 'a VNC password',
    when: { path: 'arguments.device', is: ['vnc'] },
  },
  { in: 'command', of: 'block_passwd', path: 'arguments.password', what: 'a password of a disk' },
  ...objectRules('arguments'),
  ...objectRules('arguments.props'),
  {
    in: 'command',
    of: 'qom-set',
    path: 'arguments.value',
    what: 'a secret object',
    when: { path: 'arguments.property', is: secretProperties },
  },
  {
    in: 'response',
    of: 'qom-get',
    path: 'return',
    what: 'a secret object',
    when: { path: 'arguments.property', is: secretProperties },
  },
  { in: 'response', of: 'qom-list-get', path: 'return', properties: true, what: 'a secret object' },
  {
    in: 'command',
    of: 'sev-inject-launch-secret',
    path: 'arguments.secret',
    form: 'base64',
    what: 'a launch secret',
  },
  {
    in: 'command',
    of: 'sev-inject-launch-secret',
    path: 'arguments.packet-header',
    form: 'base64',
    what: 'a launch secret',
  },
  { in: 'command', of: 'send-key', path: 'arguments.keys[*].data', local: true, what: 'typed keys' },
  {
    in: 'command',
    of: 'input-send-event',
    path: 'arguments.events[*].data.key.data',
    local: true,
    what: 'typed keys',
  },
  {
    in: 'command',
    of: 'ringbuf-write',
    path: 'arguments.data',
    form: 'base64',
    what: 'data of a character device',
    when: { path: 'arguments.format', is: ['base64'] },
  },
  { in: 'command', of: 'ringbuf-write', path: 'arguments.data', what: 'data of a character device' },
  {
    in: 'response',
    of: 'ringbuf-read',
    path: 'return',
    form: 'base64',
    what: 'data of a character device',
    when: { path: 'arguments.format', is: ['base64'] },
  },
  { in: 'response', of: 'ringbuf-read', path: 'return', what: 'data of a character device' },
  {
    in: 'command',
    of: 'guest-set-user-password',
    path: 'arguments.password',
    form: 'base64',
    what: "a password of the guest's user",
  },
  {
    in: 'command',
    of: 'guest-exec',
    path: 'arguments.input-data',
    form: 'base64',
    what: 'input of a program in the guest',
  },
  {
    in: 'command',
    of: 'guest-exec',
    path: 'arguments.env[*]',
    what: 'environment of a program in the guest',
  },
  {
    in: 'response',
    of: 'guest-exec-status',
    path: 'return.out-data',
    form: 'base64',
    local: true,
    what: 'output of a program in the guest',
  },
  {
    in: 'response',
    of: 'guest-exec-status',
    path: 'return.err-data',
    form: 'base64',
    local: true,
    what: 'output of a program in the guest',
  },
  {
    in: 'command',
    of: 'guest-file-write',
    path: 'arguments.buf-b64',
    form: 'base64',
    what: 'contents of a file of the guest',
  },
  {
    in: 'response',
    of: 'guest-file-read',
    path: 'return.buf-b64',
    form: 'base64',
    local: true,
    what: 'contents of a file of the guest',
  },
  { in: 'command', of: 'guest-ssh-*-authorized-keys', path: 'arguments.keys[*]', what: 'an SSH key' },
  { in: 'response', of: 'guest-ssh-get-authorized-keys', path: 'return.keys[*]', what: 'an SSH key' },
];

/** What is looked for, in words, for a report. */
export function lookedFor(): string[] {
  return [
    ...new Set(redactionRules.map(({ what }) => what)),
    ...namedSecrets(),
    'passwords in URLs and human monitor commands',
    'every one of these wherever else it stands',
  ];
}

/** An `object-add` with the object's properties at `at`: since 6.0 the arguments themselves. */
function objectRules(at: string): RedactionRule[] {
  const when = { path: 'arguments.qom-type', is: ['secret', 'secret_keyring'] };
  const common = { in: 'command', of: 'object-add', path: `${at}.data`, what: 'a secret object' } as const;
  return [
    { ...common, form: 'base64', when: { path: `${at}.format`, is: ['base64'] } },
    { ...common, when },
  ];
}
