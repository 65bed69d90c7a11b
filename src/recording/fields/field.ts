/** The shapes of the rows of the table of fields: what a term of the filter asks of a message, and how. */
import type { JsonValue } from '../../json/value.js';
import type { Mark } from '../marks.js';
import type { Message } from '../message.js';
import type { Lookup, Where } from './sql.js';
import type { Unit } from './units.js';

/** What of its surroundings a message needs to be judged. */
export interface MessageContext {
  /** The session's. */
  readonly label: string | undefined;
  /** The session's: wall clock, microseconds since 1970. */
  readonly started: number | undefined;
  /** The name of the recording's file, without its folder. */
  readonly file: string | undefined;
  /** On a command: that it was answered in its session, and after how long (ns). */
  readonly answer: { readonly latency: number | undefined } | undefined;
  /** What a person has put on the message. */
  readonly mark: Pick<Mark, 'note'> | undefined;
}

/** What of a recording offers values for completion. */
export type NameSource = 'commands' | 'events' | 'classes' | 'labels' | 'files' | 'arguments';

interface Described {
  /** A term as a user writes it, operator and all: `cmd:query-*`. */
  readonly example: string;
  /** What it finds: completes "messages of which this holds: …". */
  readonly help: string;
  readonly names?: NameSource;
}

/** `KEY:GLOB`: a text that a message has or has not. */
export interface TextField extends Described {
  readonly family: 'text';
  readonly textOf: (message: Message, context: MessageContext) => string | undefined;
  readonly sql: (glob: string, lookup: Lookup) => Where;
  /** Makes a predicate of what the user wrote, unless it is a glob. */
  readonly compile?: (wanted: string) => (text: string) => boolean;
  /** A comma stands between several values: none has one. */
  readonly listed?: true;
  /** All values that there are, where they are few: any other is refused. */
  readonly values?: readonly string[];
  /** Other spellings of one or more values. */
  readonly spellings?: Readonly<Record<string, readonly string[]>>;
}

/** `KEY:PATH=GLOB`, `KEY:PATH`: values that a path leads to in a part of the message. */
export interface PathField extends Described {
  readonly family: 'path';
  /** Below which the path begins. */
  readonly partOf: (message: Message) => JsonValue | undefined;
  readonly sql: Where;
}

/** `KEY>NUMBER` with any comparison, `KEY:NUMBER` for equality. */
export interface NumberField extends Described {
  readonly family: 'number';
  readonly unit: Unit;
  readonly numberOf: (message: Message, context: MessageContext) => number | undefined;
  /** An expression that is NULL where the message has no such number. */
  readonly sql: string;
}

/** `KEY` alone. */
export interface FlagField extends Described {
  readonly family: 'flag';
  readonly holds: (message: Message, context: MessageContext) => boolean;
  readonly sql: (lookup: Lookup) => Where;
}

/** `KEY:NUMBER`, another way to write a comparison: of the first of these fields whose unit reads the value. */
export interface Shorthand extends Described {
  readonly family: 'shorthand';
  readonly is: '<' | '>=' | '>';
  readonly of: readonly string[];
}

export type Field = TextField | PathField | NumberField | FlagField | Shorthand;
