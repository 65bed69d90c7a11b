/**
 * The terms of the filter language: one table for the parser, the completion, the help and the printer.
 * Knows no syntax but each term's own value.
 */
import { UsageError } from '../../errors.js';
import { parsePath } from '../../json/path.js';
import type { Comparison, Condition } from '../../recording/condition.js';
import { type MessageKind, messageKinds } from '../../recording/message.js';
import { didYouMean } from '../../text/closest.js';

/** Names that a recording holds, for completion. */
export interface FilterNames {
  readonly commands?: Iterable<string>;
  readonly events?: Iterable<string>;
  readonly classes?: Iterable<string>;
  readonly labels?: Iterable<string>;
  readonly arguments?: Iterable<string>;
}

/** One kind of term; `parse` gets what follows the key. */
export interface FilterTerm {
  readonly key: string;
  /** `:` takes a value, `compare` a comparison with a number, `word` stands alone. */
  readonly form: ':' | 'compare' | 'word';
  readonly example: string;
  readonly help: string;
  /** @throws UsageError whose column counts from the value's beginning */
  readonly parse: (value: string, is: Comparison) => Condition;
  /** Where its values' completions come from. */
  readonly names?: keyof FilterNames;
  /** All its values, where they are few. */
  readonly values?: readonly string[];
}

/** Nanoseconds in each unit of time, the greatest first. */
export const timeUnits: Readonly<Record<string, number>> = {
  h: 3_600_000_000_000,
  min: 60_000_000_000,
  s: 1_000_000_000,
  ms: 1_000_000,
  us: 1_000,
  ns: 1,
};

const kindValues = [...messageKinds, 'response'];

export const filterTerms: readonly FilterTerm[] = [
  {
    key: 'cmd',
    form: ':',
    example: 'cmd:query-*',
    help: 'a command by its name, with its response',
    parse: (glob) => ({ op: 'command', glob }),
    names: 'commands',
  },
  {
    key: 'event',
    form: ':',
    example: 'event:BLOCK_*',
    help: 'an event by its name',
    parse: (glob) => ({ op: 'event', glob }),
    names: 'events',
  },
  {
    key: 'kind',
    form: ':',
    example: 'kind:error',
    help: kindValues.join(', '),
    parse: parseKind,
    values: kindValues,
  },
  {
    key: 'dir',
    form: ':',
    example: 'dir:c2s',
    help: 'c2s or ->: sent by the client; s2c or <-: by the server',
    parse: parseDirection,
    values: ['c2s', 's2c'],
  },
  {
    key: 'id',
    form: ':',
    example: 'id:libvirt-7',
    help: 'a command or a response by its id',
    parse: (glob) => ({ op: 'id', glob }),
  },
  {
    key: 'session',
    form: ':',
    example: 'session:2',
    help: 'the number of its session',
    parse: (value) => ({ op: 'session', session: parseCount(value) }),
  },
  {
    key: 'label',
    form: ':',
    example: 'label:web*',
    help: "its session's label",
    parse: (glob) => ({ op: 'label', glob }),
    names: 'labels',
  },
  {
    key: 'class',
    form: ':',
    example: 'class:DeviceNotFound',
    help: "an error response's class",
    parse: (glob) => ({ op: 'class', glob }),
    names: 'classes',
  },
  {
    key: 'arg',
    form: ':',
    example: 'arg:driver=virtio*',
    help: "a command's argument by its path; **.driver: at any depth",
    parse: parseArgument,
    names: 'arguments',
  },
  {
    key: 'dur',
    form: 'compare',
    example: 'dur>50ms',
    help: 'the time between a command and its response',
    parse: (value, is) => ({ op: 'duration', is, value: parseTime(value) }),
  },
  {
    key: 't',
    form: 'compare',
    example: 't<10s',
    help: 'the time since its session began',
    parse: (value, is) => ({ op: 'time', is, value: parseTime(value) }),
  },
  {
    key: 'fds',
    form: 'compare',
    example: 'fds>0',
    help: 'how many descriptors came with it',
    parse: (value, is) => ({ op: 'fds', is, value: parseCount(value) }),
  },
  {
    key: 'pending',
    form: 'word',
    example: 'pending',
    help: 'a command without a response',
    parse: () => ({ op: 'pending' }),
  },
];

function parseKind(value: string): Condition {
  if (value === 'response') {
    return {
      op: 'or',
      of: [
        { op: 'kind', kind: 'success' },
        { op: 'kind', kind: 'error' },
      ],
    };
  }
  const kind = messageKinds.find((known): known is MessageKind => known === value);
  if (kind !== undefined) return { op: 'kind', kind };
  const known = didYouMean(value, kindValues) || `; there are ${kindValues.join(', ')}`;
  return refuse(`no kind of message is called '${value}'${known}`);
}

function parseDirection(value: string): Condition {
  if (value === 'c2s' || value === '->') return { op: 'dir', dir: 'c2s' };
  if (value === 's2c' || value === '<-') return { op: 'dir', dir: 's2c' };
  return refuse("a direction is 'c2s' (from the client) or 's2c' (from the server)");
}

/** `PATH` or `PATH=GLOB`; an `=` in a quoted member belongs to the path. */
function parseArgument(value: string): Condition {
  let quoted = false;
  let end = 0;
  for (; end < value.length && (quoted || value[end] !== '='); end++) {
    if (value[end] === '"') quoted = !quoted;
    else if (quoted && value[end] === '\\') end++;
  }
  const path = value.slice(0, end);
  parsePath(path);
  return { op: 'argument', path, glob: end < value.length ? value.slice(end + 1) : undefined };
}

function parseCount(value: string): number {
  return /^\d{1,15}$/.test(value) ? Number(value) : refuse(`'${value}' is no number; write one like 2`);
}

function parseTime(value: string): number {
  const [, number, unit] = /^(\d{1,16}(?:\.\d{1,9})?)([a-zµ]*)$/.exec(value) ?? [];
  if (number === undefined || unit === undefined) {
    return refuse(`'${value}' is no time; write one like 50ms, 1.5s or 2min`);
  }
  if (unit === '' && Number(number) === 0) return 0;
  const factor = Object.hasOwn(timeUnits, unit) ? timeUnits[unit] : unit === 'µs' ? 1_000 : undefined;
  if (factor === undefined) return refuse('a time wants a unit: ns, us, ms, s, min or h', number.length);
  const time = Math.round(Number(number) * factor);
  return Number.isSafeInteger(time) ? time : refuse('a time is at most 104 days');
}

function refuse(why: string, column = 0): never {
  throw new UsageError(why, { column });
}
