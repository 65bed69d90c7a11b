/**
 * What QEMU's command line says of its monitors and its guest agent's channel. Pure text: opens nothing.
 */
import { parseJson } from '../../json/parse.js';
import { isNumber, isObject, type JsonObject } from '../../json/value.js';
import type { Dialect } from '../../recording/session.js';
import type { Address } from '../../transport/address.js';
import {
  parseOptionList,
  printOptionList,
  switchOf,
  valueOf,
  type ListItem,
} from '../../text/option-list.js';
import { optionsOf, type QemuOption } from './qemu-options.js';

/** A place where QEMU talks to a client. */
export interface Channel {
  /** Its name in messages: the character device's id, or the option. */
  readonly name: string;
  readonly dialect: Dialect;
  /** Where its client comes. */
  readonly address: Address;
  /** QEMU does not run before a client has come. */
  readonly wait: boolean;
  /** QEMU connects to its client, which listens there (`server=off`). */
  readonly dials: boolean;
  /** Milliseconds after which it does so again, where there is no client yet or any more. */
  readonly againMs?: number | undefined;
  /** The argument that says all this, and how it says it. */
  readonly at: number;
  readonly form: 'chardev' | 'chardev-json' | 'device';
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

/**
 * Finds the QMP monitors, and with `agent` the guest agent's channel, in QEMU's arguments (without its own name).
 * `readFile` gives the text of a file that `-readconfig` names.
 */
export function findChannels(
  argv: readonly string[],
  agent = false,
  readFile: (path: string) => string | undefined = () => undefined,
): Channels {
  const options = withConfigFiles([...optionsOf(argv)], readFile);
  const sets = options.flatMap(({ name, value }) => (name === 'set' ? [value ?? ''] : []));
  const chardevs = new Map<string, QemuOption>();
  for (const option of options) {
    const id = option.name === 'chardev' ? valueOf(charDevice(option.value), 'id') : undefined;
    if (id !== undefined) chardevs.set(id, option);
  }
  const channels: Channel[] = [];
  const unreachable: Unreachable[] = [];
  const add = (name: string, dialect: Dialect, option: QemuOption | undefined): void => {
    const found = option === undefined ? 'there is no such character device' : placeOf(option, name, sets);
    if (typeof found === 'string') unreachable.push({ name, why: found });
    else channels.push({ name, dialect, ...found, at: option?.at ?? -1 });
  };
  for (const option of options) {
    const { name, value = '' } = option;
    if (name === 'qmp' || name === 'qmp-pretty') {
      const id = /^chardev:(.*)$/s.exec(value)?.[1];
      if (id === undefined) add(`-${name} ${value}`, 'qmp', option);
      else add(id, 'qmp', chardevs.get(id));
    } else {
      const id = monitorChardev(name, value, sets);
      if (id !== undefined) add(id, 'qmp', chardevs.get(id));
    }
    if (agent && name === 'device') {
      const items = listOrJson(value, 'driver');
      const id = valueOf(items, 'chardev');
      if (valueOf(items, 'name') === 'org.qemu.guest_agent.0' && id !== undefined) {
        add(id, 'qga', chardevs.get(id));
      }
    }
  }
  return { channels, unreachable };
}

/** The options, with those of files that `-readconfig` reads in its place: `[mon "x"]`, `[chardev "m"]`. */
function withConfigFiles(
  options: readonly QemuOption[],
  readFile: (path: string) => string | undefined,
): readonly QemuOption[] {
  return options.flatMap((option) => {
    if (option.name !== 'readconfig') return [option];
    const text = readFile(option.value ?? '') ?? '';
    const sections = text.matchAll(/^\s*\[([a-z-]+)(?:\s+"([^"]*)")?\]([^[]*)/gm);
    return [...sections].map(([, name = '', id, body = '']) => ({
      name,
      value: printOptionList([
        ...(id === undefined ? [] : [{ name: 'id', value: id }]),
        ...[...body.matchAll(/^\s*([\w.-]+)\s*=\s*"([^"\n]*)"/gm)].map(([, key = '', value = '']) => ({
          name: key,
          value,
        })),
      ]),
      at: -1,
    }));
  });
}

/** The character device of a QMP monitor, if this option makes one: `-mon`, or `-object monitor-qmp` (QEMU 11.1). */
function monitorChardev(option: string, value: string, sets: readonly string[]): string | undefined {
  if (option === 'object') {
    const items = listOrJson(value, 'qom-type');
    return valueOf(items, 'qom-type') === 'monitor-qmp' ? (valueOf(items, 'chardev') ?? '') : undefined;
  }
  if (option !== 'mon') return undefined;
  const items = listOrJson(value, 'chardev');
  const id = valueOf(items, 'id');
  const changed = (name: string): string | undefined => {
    const set = sets.findLast((one) => id !== undefined && one.startsWith(`mon.${id}.${name}=`));
    return set?.slice(set.indexOf('=') + 1) ?? valueOf(items, name);
  };
  return changed('mode') === 'control' ? (changed('chardev') ?? '') : undefined;
}

/** An option's value in either of the two forms; a first value without a name has the `implied` one. */
function listOrJson(text: string, implied: string): readonly ListItem[] {
  if (!text.startsWith('{')) {
    const [first, ...others] = parseOptionList(text);
    if (first === undefined || first.name !== undefined) return parseOptionList(text);
    return [{ name: implied, value: first.value }, ...others];
  }
  try {
    const value = parseJson(text);
    return isObject(value) ? scalars(value) : [];
  } catch {
    return []; // QEMU will refuse it
  }
}

/** The members that could be in a list, as they would be there. */
function scalars(object: JsonObject): ListItem[] {
  return Array.from(object).flatMap(([name, value]) => {
    if (typeof value === 'boolean') return [{ name, value: value ? 'on' : 'off' }];
    return typeof value === 'string'
      ? [{ name, value }]
      : isNumber(value)
        ? [{ name, value: value.text }]
        : [];
  });
}

/** A `-chardev` as the list that says the same; QAPI's defaults are not the list's. */
function charDevice(value: string | undefined): readonly ListItem[] {
  if (value?.startsWith('{') !== true) return listOrJson(value ?? '', 'backend');
  const object = (of: JsonObject | undefined, name: string): JsonObject | undefined => {
    const member = of?.get(name);
    return isObject(member) ? member : undefined;
  };
  try {
    const whole = parseJson(value);
    if (!isObject(whole)) return [];
    const backend = object(whole, 'backend');
    const data = object(backend, 'data');
    const addr = object(data, 'addr');
    const place = object(addr, 'data') ?? addr;
    const items = [backend, addr, place, data, whole].flatMap((one) =>
      one === undefined ? [] : scalars(one),
    );
    const type = backend?.get('type');
    return [
      { name: 'backend', value: typeof type === 'string' ? type : '' },
      ...(data?.has('server') === true ? [] : [{ name: 'server', value: 'on' }]),
      ...(data?.has('wait') === true ? [] : [{ name: 'wait', value: 'off' }]),
      ...items
        .filter(({ name }) => name !== 'type')
        .map((item) => (item.name === 'str' ? { ...item, name: 'fd' } : item)),
    ];
  } catch {
    return []; // QEMU will refuse it
  }
}

type Place = Pick<Channel, 'address' | 'wait' | 'dials' | 'againMs' | 'form'>;

function placeOf(option: QemuOption, name: string, sets: readonly string[]): Place | string {
  if (option.value?.includes('\ufffd') === true) return 'its address is not UTF-8';
  if (option.name !== 'chardev') return devicePlace(option.value);
  const place = chardevPlace(option.value);
  if (typeof place === 'string') return place;
  if (option.at < 0) return 'its character device is in a file that -readconfig reads; give it as -chardev';
  if (sets.some((set) => set.startsWith(`chardev.${name}.`))) {
    return 'its character device is changed by -set; say all of it in -chardev';
  }
  return place;
}

/** What a `-chardev` says, or why it cannot be used. */
function chardevPlace(value: string | undefined): Place | string {
  const form = value?.startsWith('{') === true ? 'chardev-json' : 'chardev';
  const items = charDevice(value);
  const backend = valueOf(items, 'backend');
  if (backend === 'stdio') {
    return switchOf(items, 'mux') === true
      ? 'it shares its character device'
      : { address: { kind: 'stdio' }, wait: false, dials: false, form };
  }
  if (backend !== 'socket') return `a ${backend ?? 'nameless'} character device is not supported`;
  const fd = valueOf(items, 'fd');
  const path = valueOf(items, 'path');
  const port = valueOf(items, 'port');
  if (fd !== undefined) {
    if (!/^\d{1,9}$/.test(fd)) return `fd=${fd} is a descriptor that only QEMU knows`;
    return socketPlace(items, { kind: 'fd', fd: Number(fd) }, form);
  }
  if (path !== undefined) return socketPlace(items, { kind: 'unix', path }, form);
  return tcpPlace(items, valueOf(items, 'host') ?? '', port ?? '', form);
}

/** What the `DEVICE` of `-qmp DEVICE` says, or why it cannot be used (`qemu_chr_parse_compat`). */
function devicePlace(value: string | undefined): Place | string {
  const [, kind = '', rest = ''] = /^([a-z]+)(?::(.*))?$/s.exec(value ?? '') ?? [];
  if (kind === 'stdio') return { address: { kind: 'stdio' }, wait: false, dials: false, form: 'device' };
  const items = parseOptionList(rest);
  const place = items[0]?.value ?? '';
  if (kind === 'unix') {
    const path = items[0]?.name === undefined ? place : valueOf(items, 'path');
    if (path !== undefined) return socketPlace(items, { kind: 'unix', path }, 'device');
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
  if (switchOf(items, 'server') === true) {
    return { address, wait: switchOf(items, 'wait') ?? true, dials: false, form };
  }
  const seconds = Number(valueOf(items, 'reconnect') ?? 0);
  const againMs = Number(valueOf(items, 'reconnect-ms') ?? 0) || seconds * 1000;
  // A number that is none QEMU will refuse itself.
  if (againMs > 0 && address.kind !== 'fd') return { address, wait: false, dials: true, againMs, form };
  // A descriptor is connected already.
  return { address, wait: false, dials: address.kind !== 'fd', form };
}
