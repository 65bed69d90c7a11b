/**
 * What the indexer needs to go on from the beginning of a segment of the journal, as it lies in the table
 * `checkpoint`: JSON, and in format 1 what Node's `v8.serialize` made. A file may be anybody's, so its shape and its
 * sizes are checked before anything is made of it.
 */
import { deserialize } from 'node:v8';
import type { FramerState } from '../../json/framing/framer.js';
import type { GrammarState } from '../../json/framing/grammar.js';
import type { InputFramerState } from '../../json/framing/input-framer.js';
import type { TextPositionState } from '../../json/framing/text-position.js';
import type { LegState } from '../../proxy/leg.js';
import type { SessionTapState } from '../../proxy/session-tap.js';
import type { TapState } from '../../proxy/tap.js';
import type { Awaiting, CorrelatorState } from '../../qmp/correlate.js';
import type { Connection } from '../disk/connect.js';
import type { FrameRowsState } from '../rows/frame-rows.js';
import type { SessionState } from '../rows/session-rows.js';
import type { WriterState } from '../rows/writer.js';
import { anyBytes, flag, listOf, objectOf, oneWord, ifAny, refused, anyText, time, whole } from './shape.js';

/** What the table `checkpoint` holds. */
export interface Checkpoint {
  readonly tap: TapState;
  readonly writer: WriterState;
}

/** A client that never waits for answers has 65,536 commands of about 200 bytes here, and half a message of 64 MiB. */
const largestState = 256 << 20;
/** Numbers, texts and the like in it. */
const mostParts = 16_000_000;
/** `tap.sessions[].client.framer.grammar.open[].seen[]` is the deepest, with some room for what comes to be in between. */
const deepest = 16;
const count = whole();

const awaiting = objectOf<Awaiting>({
  ...{ session: count, seq: count, name: ifAny(anyText), id: ifAny(anyText), oob: flag },
  ...{ sync: ifAny(anyText), t: time, injected: flag, doubtful: ifAny(flag) },
});
const correlator = objectOf<CorrelatorState>({
  awaiting: listOf(awaiting, 1 << 17),
  orphans: listOf(awaiting, 1 << 17),
});
/** An array or an object that a message has open, with the keys so far. */
const openObject = objectOf<{ readonly seen: readonly string[]; readonly key: string }>({
  seen: listOf(anyText, mostParts),
  key: anyText,
});
const grammar = objectOf<GrammarState>({
  expecting: oneWord(
    ...([
      'value',
      'element or ]',
      'key or }',
      'key',
      'colon',
      'comma or }',
      'comma or ]',
      'nothing',
    ] as const),
  ),
  open: listOf((value, left) => (value === 'array' ? value : openObject(value, left)), 1 << 17),
});
const place = objectOf<TextPositionState>({
  ...{ line: whole(1), column: count, twice: ifAny(count), cut: ifAny(anyText) },
});
const framer = objectOf<FramerState>({
  lexer: objectOf<FramerState['lexer']>({ state: whole(0, 14), length: count }),
  pending: anyBytes,
  phase: oneWord('trailing', 'framing', 'overflowing', 'refused'),
  ...{ grammar: ifAny(grammar), place: ifAny(place) },
  ...{
    emitted: flag,
    trailed: count,
    braces: whole(-1),
    brackets: whole(-1),
    tokens: count,
    tokenBytes: count,
  },
});
const inputFramer = objectOf<InputFramerState>({
  rules: oneWord('classic', 'eager', 'unknown'),
  ...{ framer, eager: ifAny(framer), refused: ifAny(anyText) },
});
/** The client's direction has an input framer; in a file from before there were two sets of rules, a framer. */
const leg = objectOf<LegState>({
  framer: (value, left) =>
    typeof value === 'object' && value !== null && 'rules' in value
      ? inputFramer(value, left)
      : framer(value, left),
  ...{ waitingFds: count, lastSeq: count },
});
const session = objectOf<SessionTapState>({
  ...{ id: count, start: time, dialect: ifAny(oneWord('qmp', 'qga')), correlator },
  ...{ seq: ifAny(count), latest: ifAny(time), client: ifAny(leg), server: ifAny(leg) },
  unplaced: ifAny(flag),
});
const sessions = 1 << 20;
const tap = objectOf<TapState>({ sessions: listOf(session, sessions), orphans: listOf(awaiting, 1 << 17) });

const frames = objectOf<FrameRowsState>({
  last: count,
  tails: listOf(objectOf({ stream: count, n: count, seq: count, parts: count }), 4 * sessions),
});
const traffic = objectOf<SessionState['open'][number]['c2s']>({ bytes: count, crc: whole(0, 2 ** 32 - 1) });
const rows = objectOf<SessionState>({
  last: count,
  open: listOf(
    objectOf({ id: count, messages: count, bytes: count, notes: count, c2s: traffic, s2c: traffic }),
    sessions,
  ),
});
const shape = objectOf<Checkpoint>({ tap, writer: objectOf<WriterState>({ frames, sessions: rows }) });

/** False if it is too large to be read again: the one before it stays, and with it the journal since then. */
export function saveCheckpoint(db: Connection, segment: number, state: Checkpoint): boolean {
  const json = JSON.stringify(state, withBase64);
  if (json.length > largestState) return false;
  db.prepare('INSERT OR REPLACE INTO checkpoint (id, segment, state) VALUES (1, ?, ?)').run(segment, json);
  return true;
}

/** Asked for the value itself: a Buffer would have made something else of itself by now. */
function withBase64(this: Readonly<Record<string, unknown>>, name: string, value: unknown): unknown {
  const part = this[name];
  return part instanceof Uint8Array ? Buffer.from(part).toString('base64') : value;
}

/**
 * From which segment of the journal to go on, and with what; the first one where nothing was stored.
 * @throws Error if it holds what is never stored
 */
export function readCheckpoint(db: Connection): {
  readonly segment: number;
  readonly state: Checkpoint | undefined;
} {
  const row = db
    .prepare('SELECT segment, CASE WHEN length(state) <= ? THEN state END AS state FROM checkpoint')
    .get(largestState) as { readonly segment: unknown; readonly state: unknown } | undefined;
  if (row === undefined) return { segment: 1, state: undefined };
  try {
    return {
      segment: whole(1)(row.segment, { parts: 0 }),
      state: shape(parsed(row.state), { parts: mostParts }),
    };
  } catch (cause) {
    throw new Error('its checkpoint is damaged', { cause });
  }
}

function parsed(state: unknown): unknown {
  if (state instanceof Uint8Array) return deserialize(state);
  if (typeof state !== 'string' || !isFlat(state)) throw refused();
  return JSON.parse(state);
}

/** Whether no list is deeper in others than in a checkpoint, and there are not too many: each costs memory. */
function isFlat(json: string): boolean {
  let depth = 0;
  let left = mostParts;
  for (let at = 0; at < json.length; at++) {
    const character = json[at];
    if (character === '"') at = endOfString(json, at);
    else if (character === '[' || character === '{') depth++;
    else if (character === ']' || character === '}') depth--;
    else if (character !== ',') continue;
    if (depth > deepest || --left < 0) return false;
  }
  return true;
}

function endOfString(json: string, start: number): number {
  for (let at = start + 1; at < json.length; at++) {
    if (json[at] === '\\') at++;
    else if (json[at] === '"') return at;
  }
  return json.length;
}
