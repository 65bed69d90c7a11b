/** Compares two recordings: decides which sessions belong together. `diff.ts` compares those. */
import { chosenSession } from '../../recording/chosen-session.js';
import type { RecordingReader } from '../../recording/ports.js';
import type { Session } from '../../recording/session.js';
import { Unstable } from '../../recording/unstable.js';
import { diffSessions, type SessionDiff } from './diff.js';

/** What of two recordings is compared. */
export interface DiffOptions {
  /** Paths left out of every message, besides the declared unstable ones. */
  readonly ignore?: readonly string[] | undefined;
  /** The one session of each side to compare; without, all are. */
  readonly sessions?: readonly [a: number, b: number] | undefined;
}

/** How two recordings differ. */
export interface RecordingDiff {
  /** The sessions that belong together, compared. */
  readonly sessions: readonly SessionDiff[];
  /** Sessions that the other recording has no counterpart of. */
  readonly onlyA: readonly Session[];
  /** The same of B. */
  readonly onlyB: readonly Session[];
  /** Whether nothing differs. */
  readonly same: boolean;
}

/**
 * Compares two recordings: which sessions belong together, and where these differ. What cannot be the same twice
 * (timestamps, pids, …) is left out.
 * @throws UsageError for a path that cannot be read, RecordingError for a session that is not there
 */
export function diffRecordings(
  a: RecordingReader,
  b: RecordingReader,
  options: DiffOptions = {},
): RecordingDiff {
  const unstable = new Unstable(options.ignore);
  const { pairs, onlyA, onlyB } = pairSessions(
    chosen(a, options.sessions?.[0]),
    chosen(b, options.sessions?.[1]),
    options.sessions !== undefined,
  );
  const sessions = pairs.map(([left, right]) =>
    diffSessions({ reader: a, session: left.id }, { reader: b, session: right.id }, unstable),
  );
  const same = onlyA.length + onlyB.length === 0 && sessions.every(({ entries }) => entries.length === 0);
  return { sessions, onlyA, onlyB, same };
}

/** The numbers of the sessions that belong together. @throws RecordingError for a session that is not there */
export function pairedSessions(
  a: RecordingReader,
  b: RecordingReader,
  { sessions }: DiffOptions,
): readonly (readonly [a: number, b: number])[] {
  const { pairs } = pairSessions(chosen(a, sessions?.[0]), chosen(b, sessions?.[1]), sessions !== undefined);
  return pairs.map(([left, right]) => [left.id, right.id]);
}

function chosen(reader: RecordingReader, id: number | undefined): readonly Session[] {
  return id === undefined ? reader.sessions() : [chosenSession(reader, id)];
}

interface Pairing {
  readonly pairs: readonly (readonly [Session, Session])[];
  readonly onlyA: readonly Session[];
  readonly onlyB: readonly Session[];
}

/**
 * The first of a dialect and label with the first of the same, and so on; then, of what is left, the
 * first of a dialect with the first. Sessions that the user named are compared whatever they are.
 */
function pairSessions(a: readonly Session[], b: readonly Session[], named: boolean): Pairing {
  const kindsOf = named
    ? [() => '']
    : [
        (session: Session) => `${session.dialect} ${session.label ?? ''}`,
        (session: Session) => session.dialect,
      ];
  let [onlyA, onlyB] = [a, b];
  const pairs: (readonly [Session, Session])[] = [];
  for (const kindOf of kindsOf) {
    const waiting = new Map<string, Session[]>();
    for (const session of onlyB.toReversed()) {
      const alike = waiting.get(kindOf(session));
      if (alike === undefined) waiting.set(kindOf(session), [session]);
      else alike.push(session);
    }
    onlyA = onlyA.filter((session) => {
      const other = waiting.get(kindOf(session))?.pop();
      if (other !== undefined) pairs.push([session, other]);
      return other === undefined;
    });
    const left = new Set([...waiting.values()].flat());
    onlyB = onlyB.filter((session) => left.has(session));
  }
  return { pairs: pairs.sort((one, other) => one[0].id - other[0].id), onlyA, onlyB };
}
