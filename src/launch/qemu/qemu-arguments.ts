/**
 * What QEMU's command line says of its monitors and its guest agent's channel, and the same command line
 * with one of them moved to a socket of our own. Only text: opens nothing, and knows neither libvirt nor
 * a recording.
 */
import { parseJson } from '../../json/parse.js';
import { isObject } from '../../json/value.js';
import type { Dialect } from '../../recording/session.js';
import type { Address } from '../../transport/address.js';
import {
  parseOptionList,
  printOptionList,
  switchOf,
  valueOf,
  type ListItem,
} from '../../text/option-list.js';

/** A place where QEMU talks to a client. */
export interface Channel {
  /** What to call it in a message: the character device's id, or the option. */
  readonly name: string;
  readonly dialect: Dialect;
  /** Where its client comes. */
  readonly address: Address;
  /** QEMU does not run before a client has come. */
  readonly wait: boolean;
  /** The argument that says all this, and how it says it. */
  readonly at: number;
  readonly form: 'chardev' | 'device';
}

/** A monitor that cannot be interposed on, and why. */
export interface Unreachable {
  readonly name: string;
  readonly why: string;
}

export interface Channels {
  readonly channels: readonly Channel[];
  readonly unreachable: readonly Unreachable[];
}

/** An option and its value; `at` is the value's place, or the option's where there is none. */
interface Option {
  readonly name: string;
  readonly value: string | undefined;
  readonly at: number;
}

/** Options without a value (`qemu-options.def`, 2.x to 11). Others take the next argument, whatever it looks like. */
const flags = new Set(
  (
    'h help version S s usb snapshot daemonize nographic portrait full-screen no-frame alt-grab ctrl-grab ' +
    'no-quit sdl curses mem-prealloc audio-help win2k-hack no-fd-bootchk no-acpi no-hpet no-reboot ' +
    'no-shutdown no-kvm no-kvm-irqchip enable-kvm enable-hax preconfig singlestep one-insn-per-tb ' +
    'nodefaults no-user-config nodefconfig only-migratable xen-attach xen-domid-restrict xen-create ' +
    'semihosting old-param enable-fips enable-sync-profile nouserconfig'
  ).split(' '),
);

/** Options whose value may be any text, even one that looks like an option. */
const freeText = new Set(['append', 'name']);

/** What no other option has as its value: before it stands a flag, if only one that is too new to be known. */
const ours = /^--?(?:qmp|qmp-pretty|mon|chardev|device)$/;

function* optionsOf(argv: readonly string[]): Generator<Option> {
  for (let at = 0; at < argv.length; at++) {
    // QEMU takes one dash or two (`lookup_opt`).
    const name = /^--?(.+)$/s.exec(argv[at] ?? '')?.[1];
    if (name === undefined) continue;
    const flag = flags.has(name) || (!freeText.has(name) && ours.test(argv[at + 1] ?? ''));
    if (flag) yield { name, value: undefined, at };
    else yield { name, value: argv[++at], at };
  }
}

/** Finds the QMP monitors, and with `agent` the guest agent's channel, in QEMU's arguments (without its own name). */
export function findChannels(argv: readonly string[], agent = false): Channels {
  const options = [...optionsOf(argv)];
  const chardevs = new Map<string, Option>();
  for (const option of options) {
    const id = option.name === 'chardev' ? valueOf(parseOptionList(option.value ?? ''), 'id') : undefined;
    if (id !== undefined) chardevs.set(id, option);
  }
  const channels: Channel[] = [];
  const unreachable: Unreachable[] = [];
  const add = (name: string, dialect: Dialect, option: Option | undefined): void => {
    if (option === undefined) {
      unreachable.push({ name, why: 'there is no such character device' });
      return;
    }
    const found = option.name === 'chardev' ? chardevPlace(option.value) : devicePlace(option.value);
    if (typeof found === 'string') unreachable.push({ name, why: found });
    else channels.push({ name, dialect, ...found, at: option.at });
  };
  for (const option of options) {
    const { name, value = '' } = option;
    if (name === 'qmp' || name === 'qmp-pretty') {
      const id = /^chardev:(.*)$/s.exec(value)?.[1];
      if (id === undefined) add(`-${name} ${value}`, 'qmp', option);
      else add(id, 'qmp', chardevs.get(id));
    } else if (name === 'mon') {
      const items = parseOptionList(value);
      if (valueOf(items, 'mode') !== 'control') continue;
      const id = valueOf(items, 'chardev') ?? items[0]?.value ?? '';
      add(id, 'qmp', chardevs.get(id));
    } else if (agent && name === 'device') {
      const id = agentChardev(value);
      if (id !== undefined) add(id, 'qga', chardevs.get(id));
    }
  }
  return { channels, unreachable };
}

type Place = Pick<Channel, 'address' | 'wait' | 'form'>;

/** What a `-chardev` says, or why it cannot be used. */
function chardevPlace(value: string | undefined): Place | string {
  const items = parseOptionList(value ?? '');
  const backend = items[0]?.name === undefined ? items[0]?.value : valueOf(items, 'backend');
  if (backend === 'stdio') {
    return switchOf(items, 'mux') === true
      ? 'it shares its character device'
      : { address: { kind: 'stdio' }, wait: false, form: 'chardev' };
  }
  if (backend !== 'socket') return `a ${backend ?? 'nameless'} character device is not supported`;
  const fd = valueOf(items, 'fd');
  const path = valueOf(items, 'path');
  const port = valueOf(items, 'port');
  if (fd !== undefined) {
    if (!/^\d{1,9}$/.test(fd)) return `fd=${fd} is a descriptor that only QEMU knows`;
    return socketPlace(items, { kind: 'fd', fd: Number(fd) }, 'chardev');
  }
  if (path !== undefined) return socketPlace(items, { kind: 'unix', path }, 'chardev');
  return tcpPlace(items, valueOf(items, 'host') ?? '', port ?? '', 'chardev');
}

/** What the `DEVICE` of `-qmp DEVICE` says, or why it cannot be used (`qemu_chr_parse_compat`). */
function devicePlace(value: string | undefined): Place | string {
  const [, kind = '', rest = ''] = /^([a-z]+)(?::(.*))?$/s.exec(value ?? '') ?? [];
  if (kind === 'stdio') return { address: { kind: 'stdio' }, wait: false, form: 'device' };
  const items = parseOptionList(rest);
  const place = items[0]?.value ?? '';
  if (kind === 'unix' && items[0]?.name === undefined) {
    return socketPlace(items, { kind: 'unix', path: place }, 'device');
  }
  if (kind === 'tcp') {
    const [, host = '', port = ''] = /^(.*):([^:]*)$/s.exec(place) ?? [];
    return tcpPlace(items, host.replace(/^\[(.*)\]$/, '$1'), port, 'device');
  }
  return `${value === undefined || value === '' ? 'nothing' : value} is not supported`;
}

function tcpPlace(
  items: readonly ListItem[],
  host: string,
  port: string,
  form: Channel['form'],
): Place | string {
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65535) return `port '${port}' is no number`;
  // Without a host QEMU listens on all addresses.
  return socketPlace(items, { kind: 'tcp', host: host === '' ? '::' : host, port: Number(port) }, form);
}

function socketPlace(items: readonly ListItem[], address: Address, form: Channel['form']): Place | string {
  for (const unsupported of ['telnet', 'websocket', 'tn3270', 'abstract', 'mux']) {
    if (switchOf(items, unsupported) === true) return `${unsupported} is not supported`;
  }
  if (valueOf(items, 'tls-creds') !== undefined) return 'it is encrypted (tls-creds)';
  if (switchOf(items, 'server') !== true) return 'QEMU connects to its client (server=off)';
  return { address, wait: switchOf(items, 'wait') ?? true, form };
}

/** The character device of a guest agent's port, if this `-device` is one. */
function agentChardev(value: string): string | undefined {
  const name = 'org.qemu.guest_agent.0';
  if (!value.startsWith('{')) {
    const items = parseOptionList(value);
    return valueOf(items, 'name') === name ? valueOf(items, 'chardev') : undefined;
  }
  try {
    const device = parseJson(value);
    if (!isObject(device) || device.get('name') !== name) return undefined;
    const id = device.get('chardev');
    return typeof id === 'string' ? id : undefined;
  } catch {
    return undefined; // QEMU will refuse it
  }
}

/** The arguments with a channel moved to a unix socket, on which QEMU listens. */
export function moveChannel(argv: readonly string[], channel: Channel, path: string): string[] {
  const old = argv[channel.at] ?? '';
  const wait = { name: 'wait', value: channel.wait ? 'on' : 'off' };
  const server = { name: 'server', value: 'on' };
  const moved =
    channel.form === 'device'
      ? `unix:${printOptionList([{ name: undefined, value: path }, server, wait])}`
      : printOptionList([
          { name: undefined, value: 'socket' },
          ...parseOptionList(old).filter(({ name }) => name !== undefined && keptOptions.has(name)),
          { name: 'path', value: path },
          server,
          wait,
        ]);
  return argv.with(channel.at, moved);
}

/** Options of a `-chardev` that do not say where it is. */
const keptOptions = new Set(['id', 'logfile', 'logappend']);

/** The VM's name: of `-name NAME` or `-name guest=NAME`. */
export function nameOf(argv: readonly string[]): string | undefined {
  const items = parseOptionList(lastValue(argv, 'name') ?? '');
  const name = valueOf(items, 'guest') ?? (items[0]?.name === undefined ? items[0]?.value : undefined);
  return name === '' ? undefined : name;
}

/** What is asked of a QEMU that libvirt starts only to learn what it can do: `none,accel=kvm:tcg`. */
export function probedMachine(argv: readonly string[]): string | undefined {
  const machine = lastValue(argv, 'machine') ?? lastValue(argv, 'M');
  return machine !== undefined && /^none(,|$)/.test(machine) ? machine : undefined;
}

/** Whether QEMU only answers a question about itself, and ends: `-version`, `-machine help`. */
export function isQuestion(argv: readonly string[]): boolean {
  return [...optionsOf(argv)].some(
    ({ name, value }) => /^(?:h|help|version)$/.test(name) || /(?:^|,)(?:help|\?)$/.test(value ?? ''),
  );
}

/** Whether QEMU goes on in another process. */
export function isDaemonized(argv: readonly string[]): boolean {
  return [...optionsOf(argv)].some(({ name }) => name === 'daemonize');
}

/** Where QEMU writes its process number. */
export function pidFileOf(argv: readonly string[]): string | undefined {
  return lastValue(argv, 'pidfile');
}

/** Descriptors that QEMU expects to inherit, from 3 on, in ascending order. */
export function inheritedDescriptors(argv: readonly string[]): number[] {
  const found = new Set<number>();
  for (const { value } of optionsOf(argv)) {
    for (const [, list = ''] of (value ?? '').matchAll(
      /\b(?:fds?|vhostfds?|sock-fd)"?[=:]"?(\d+(?::\d+)*)/g,
    )) {
      for (const fd of list.split(':')) found.add(Number(fd));
    }
  }
  return [...found].filter((fd) => fd > 2 && fd < 65536).sort((a, b) => a - b);
}

function lastValue(argv: readonly string[], name: string): string | undefined {
  return [...optionsOf(argv)].findLast((option) => option.name === name)?.value;
}
