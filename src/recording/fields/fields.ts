/**
 * The fields of a message that a filter can ask for, each once: how it is written, what it finds, how it is asked of
 * a message and of the store. The parser, the printer, the completion, every help text and the query read it here;
 * a new term is a row.
 */
import { isObject } from '../../json/value.js';
import { compileGlob } from '../../text/glob.js';
import { compileTextSearch } from '../../text/text-search.js';
import { memberOf, type Message, type MessageKind, messageKinds } from '../message.js';
import type { Field, FlagField, NumberField, PathField, Shorthand, TextField } from './field.js';
import { among, everything, exactly, fitting, type Lookup, nothing, oneOf, type Where } from './sql.js';
import { bytes, count, dayMicros, duration, moment, timeOfDay } from './units.js';

/** `KEY:GLOB`. */
export const textFields = {
  cmd: {
    family: 'text',
    example: 'cmd:query-*',
    help: 'a command by its name, with its response; cmd:stop,cont: either',
    listed: true,
    names: 'commands',
    textOf: ({ kind, name, command }) => (kind === 'command' ? name : command),
    sql: (glob, lookup) =>
      oneOf(`${kindIn('command', 'success', 'error')} AND ifnull(name, 0)`, lookup.names(false, glob)),
  },
  event: {
    family: 'text',
    example: 'event:BLOCK_*',
    help: 'an event by its name',
    listed: true,
    names: 'events',
    textOf: ({ kind, name }) => (kind === 'event' ? name : undefined),
    sql: (glob, lookup) => oneOf(`${kindIn('event')} AND ifnull(name, 0)`, lookup.names(true, glob)),
  },
  kind: {
    family: 'text',
    example: 'kind:error',
    help: `${messageKinds.join(', ')}, or response`,
    listed: true,
    values: messageKinds,
    spellings: { response: ['success', 'error'] },
    textOf: ({ kind }) => kind,
    sql: (glob) => oneOf('kind', numbersOf(messageKinds, glob)),
  },
  dir: {
    family: 'text',
    example: 'dir:c2s',
    help: 'c2s or ->: sent by the client; s2c or <-: by the server',
    listed: true,
    values: ['c2s', 's2c'],
    spellings: { '->': ['c2s'], '<-': ['s2c'] },
    textOf: ({ dir }) => dir,
    sql: (glob) => oneOf('dir', numbersOf(['c2s', 's2c'], glob)),
  },
  id: {
    family: 'text',
    example: 'id:libvirt-7',
    help: 'a command or a response by its id; of a string, what is between its quotes',
    textOf: ({ id }) => id?.replace(/^(["'])([^]*)\1$/, '$2'),
    sql: (glob) => {
      const quoted = `length(id) > 1 AND substr(id, 1, 1) IN ('"', '''') AND substr(id, -1) = substr(id, 1, 1)`;
      return fitting(`CASE WHEN ${quoted} THEN substr(id, 2, length(id) - 2) ELSE id END`, glob);
    },
  },
  label: {
    family: 'text',
    example: 'label:web*',
    help: "its session's label",
    names: 'labels',
    textOf: (_, { label }) => label,
    sql: (glob, lookup) => oneOf('session', lookup.labelled(glob)),
  },
  file: {
    family: 'text',
    example: 'file:web1-*',
    help: "its recording's file, by its name without the folder",
    names: 'files',
    textOf: (_, { file }) => file,
    sql: (glob, lookup) => (compileGlob(glob)(lookup.file) ? everything : nothing),
  },
  class: {
    family: 'text',
    example: 'class:DeviceNotFound',
    help: "an error response's class",
    listed: true,
    names: 'classes',
    textOf: errorClass,
    sql: () => among(kindIn('error')),
  },
  note: {
    family: 'text',
    example: 'note:retry',
    help: 'a marked message whose note has this text, in any case of its letters',
    compile: (wanted) => {
      const isIn = compileTextSearch(wanted);
      return (note) => isIn(new TextEncoder().encode(note));
    },
    textOf: (_, { mark }) => mark?.note,
    sql: (_, lookup) => ofMarks(lookup, among(`${mark} AND note IS NOT NULL)`)),
  },
} as const satisfies Readonly<Record<string, TextField>>;

/** `KEY:PATH=GLOB`. */
export const pathFields = {
  arg: {
    family: 'path',
    example: 'arg:driver=virtio*',
    help: "a command's argument by its path; **.driver: at any depth; arg:driver: it is there",
    names: 'arguments',
    partOf: ({ kind, raw }) => (kind === 'command' ? memberOf(raw, 'arguments') : undefined),
    sql: among(kindIn('command')),
  },
  ret: {
    family: 'path',
    example: 'ret:status=paused',
    help: 'a value in a success response, by its path below return; **=VALUE: at any depth',
    partOf: ({ kind, raw }) => (kind === 'success' ? memberOf(raw, 'return') : undefined),
    sql: among(kindIn('success')),
  },
  data: {
    family: 'path',
    example: 'data:device=virtio-disk0',
    help: "a value in an event's data, by its path",
    partOf: ({ kind, raw }) => (kind === 'event' ? memberOf(raw, 'data') : undefined),
    sql: among(kindIn('event')),
  },
} as const satisfies Readonly<Record<string, PathField>>;

/** `KEY>NUMBER`. */
export const numberFields = {
  session: {
    family: 'number',
    example: 'session:2',
    help: 'the number of its session',
    unit: count,
    numberOf: ({ session }) => session,
    sql: 'session',
  },
  seq: {
    family: 'number',
    example: 'seq:10-20',
    help: 'its number in its session: one, a range, or several as 3,7,10-20',
    unit: count,
    numberOf: ({ seq }) => seq,
    sql: 'seq',
  },
  t: {
    family: 'number',
    example: 't<10s',
    help: 'the time since its session began: ns, us, ms, s, min, h',
    unit: duration,
    numberOf: ({ t }) => t,
    sql: 't',
  },
  time: {
    family: 'number',
    example: 'time>2026-11-20T08:52',
    help: 'when it came: a date and a time, UTC where it names no zone',
    unit: moment,
    numberOf: ({ t }, { started }) => (started === undefined ? undefined : started + Math.trunc(t / 1000)),
    sql: '(SELECT started FROM session WHERE session.id = frame.session) + t / 1000',
  },
  at: {
    family: 'number',
    example: 'at>10:56:11',
    help: 'the time of day at which it came, UTC where it names no zone',
    unit: timeOfDay,
    numberOf: ({ t }, { started }) =>
      started === undefined ? undefined : (started + Math.trunc(t / 1000)) % dayMicros,
    // That is `dayMicros`: a statement has no value put into its text.
    sql: '((SELECT started FROM session WHERE session.id = frame.session) + t / 1000) % 86400000000',
  },
  dur: {
    family: 'number',
    example: 'dur>50ms',
    help: 'the time between a command and its response: ns, us, ms, s, min, h',
    unit: duration,
    numberOf: ({ kind, latency }, { answer }) => (kind === 'command' ? answer?.latency : latency),
    sql: 'latency',
  },
  size: {
    family: 'number',
    example: 'size>10kB',
    help: 'the bytes of its frame: B, kB, MB, GB, KiB, MiB, GiB',
    unit: bytes,
    numberOf: ({ raw }) => raw.length,
    // A frame may have its beginning in a body and its end in parts; flag 4: it has.
    sql: `length(raw)
      + CASE WHEN body IS NULL THEN 0 ELSE (SELECT length(bytes) FROM body WHERE id = frame.body) END
      + CASE WHEN ifnull(flags, 0) & 4 THEN (SELECT sum(length(bytes)) FROM part WHERE part.n = frame.n) ELSE 0 END`,
  },
  fds: {
    family: 'number',
    example: 'fds>0',
    help: 'how many descriptors came with it',
    unit: count,
    numberOf: ({ fds }) => fds,
    sql: 'ifnull(fds, 0)',
  },
} as const satisfies Readonly<Record<string, NumberField>>;

/** `KEY`. */
export const flagFields = {
  pending: {
    family: 'flag',
    example: 'pending',
    help: 'a command without a response in its session',
    holds: ({ kind }, { answer }) => kind === 'command' && answer === undefined,
    sql: () => exactly(`${kindIn('command')} AND pair IS NULL`),
  },
  marked: {
    family: 'flag',
    example: 'marked',
    help: 'a message with a mark or a note',
    holds: (_, { mark }) => mark !== undefined,
    sql: (lookup) => ofMarks(lookup, exactly(`${mark})`)),
  },
} as const satisfies Readonly<Record<string, FlagField>>;

/** Other ways to write comparisons. */
const shorthands = {
  after: {
    family: 'shorthand',
    example: 'after:2026-11-20T08:52',
    help: 'from this date and time on; after:10:56:11: from then on each day; after:10s: 10 s after its session began',
    is: '>=',
    of: ['time', 'at', 't'],
  },
  before: {
    family: 'shorthand',
    example: 'before:2026-11-20T09:00',
    help: 'before this date and time, or time of day; before:10s: in the first 10 s of its session',
    is: '<',
    of: ['time', 'at', 't'],
  },
  slower: {
    family: 'shorthand',
    example: 'slower:50ms',
    help: 'an exchange that took longer',
    is: '>',
    of: ['dur'],
  },
  faster: {
    family: 'shorthand',
    example: 'faster:1ms',
    help: 'an exchange that took less',
    is: '<',
    of: ['dur'],
  },
} as const satisfies Readonly<Record<string, Shorthand>>;

/** A field that is a text: compared with a glob. */
export type TextName = keyof typeof textFields;
/** A field with a path below it. */
export type PathName = keyof typeof pathFields;
/** A field that is a number: times are nanoseconds, sizes bytes. */
export type NumberName = keyof typeof numberFields;
/** A field that a message has or has not. */
export type FlagName = keyof typeof flagFields;

/** All rows by their keys, in the order in which a help shows them. */
export const fields: ReadonlyMap<string, Field> = new Map<string, Field>(
  Object.entries({ ...textFields, ...pathFields, ...numberFields, ...shorthands, ...flagFields }),
);

/** An error response's class. */
export function errorClass({ kind, raw }: Message): string | undefined {
  if (kind !== 'error') return undefined;
  const error = memberOf(raw, 'error');
  const name = isObject(error) ? error.get('class') : undefined;
  return typeof name === 'string' ? name : undefined;
}

function kindIn(...kinds: readonly MessageKind[]): string {
  return `kind IN (${kinds.map((kind) => messageKinds.indexOf(kind)).join()})`;
}

/** The numbers of the words that match: their places in a list. */
function numbersOf(words: readonly string[], glob: string): readonly number[] {
  const matches = compileGlob(glob);
  return words.flatMap((word, place) => (matches(word) ? [place] : []));
}

/** Begins a condition on the message's row in `mark`. */
const mark = 'EXISTS (SELECT 1 FROM mark WHERE mark.session = frame.session AND mark.seq = frame.seq';

/** Without the table, nothing is marked. */
function ofMarks(lookup: Lookup, where: Where): Where {
  return lookup.hasMarks() ? where : nothing;
}
