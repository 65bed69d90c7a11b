/**
 * The first divergence of two recordings that matters, and the earliest difference of state before it: where a bad
 * run leaves the good one, and what was otherwise by then.
 */
import type { RecordingReader } from '../../recording/ports.js';
import { questions } from '../../recording/questions.js';
import { Unstable } from '../../recording/unstable.js';
import { compileGlob } from '../../text/glob.js';
import { valueKind } from '../state/areas.js';
import { type StateDifference, stateDifferences } from '../state/state-values.js';
import { StateTimeline } from '../state/timeline.js';
import { type DiffEntry, type DiffSide, judgedMatches, type JudgedMatch } from './diff.js';
import { type DiffOptions, pairedSessions } from './diff-recordings.js';

/**
 * `outcome`: the same command succeeded in one and failed in the other. `command`: only one has it, or with other
 * arguments. `event`: only one has it, or with other data. `answer`: a question is answered otherwise. `question`: only
 * one asks. `place`: only the order differs.
 */
export type DivergenceSort = 'outcome' | 'command' | 'event' | 'answer' | 'question' | 'place';

/** Where two recordings part. */
export interface FirstDivergence {
  readonly sort: DivergenceSort;
  /** The sessions that belong together. */
  readonly sessions: readonly [good: number, bad: number];
  readonly entry: DiffEntry;
  /** What was otherwise before it, of the earliest moment at which anything was; none: nothing is known to have been. */
  readonly state: readonly StateDifference[];
  /** The messages after which the state first differed. */
  readonly since: readonly [good: number, bad: number] | undefined;
}

/** Sorts that change what happens, and those that only show it or come from polling. */
const matters: ReadonlySet<DivergenceSort> = new Set(['outcome', 'command', 'event']);

const asks = questions.map(compileGlob);

/** More states than this are not compared, from the divergence backwards: each look costs. */
const maxLooks = 5000;

/**
 * The first in the order of the good recording; what only shows a difference (an answer, a place) if there is nothing
 * else. Undefined: they say the same.
 * @throws UsageError for a path that cannot be read, RecordingError for a session that is not there
 */
export function firstDivergence(
  good: RecordingReader,
  bad: RecordingReader,
  options: DiffOptions = {},
): FirstDivergence | undefined {
  const unstable = new Unstable(options.ignore);
  let shows: FirstDivergence | undefined;
  for (const [left, right] of pairedSessions(good, bad, options)) {
    const sides = [
      { reader: good, session: left },
      { reader: bad, session: right },
    ] as const;
    const all = judgedMatches(...sides, unstable);
    const sorted = all.flatMap((one, at) =>
      one.entry === undefined ? [] : [{ at, sort: sortOf(one, sides) }],
    );
    const found = sorted.find(({ sort }) => matters.has(sort));
    if (found !== undefined) return divergenceAt(all, found, sides);
    const [first] = sorted;
    if (first !== undefined) shows ??= divergenceAt(all, first, sides);
  }
  return shows;
}

type Sides = readonly [good: DiffSide, bad: DiffSide];

function sortOf({ a, b, entry }: JudgedMatch, [good, bad]: Sides): DivergenceSort {
  const type = (a ?? b)?.type;
  if (entry?.change === 'moved') return 'place';
  if (type === 'event') return 'event';
  if (type !== 'exchange') return 'answer';
  const isQuestion = asks.some((matches) => matches(entry?.name ?? ''));
  if (a === undefined || b === undefined) return isQuestion ? 'question' : 'command';
  const [one, other] = [kindOf(good, a.response), kindOf(bad, b.response)];
  if (one !== other) return 'outcome';
  return a.key !== b.key && !isQuestion ? 'command' : 'answer';
}

function kindOf({ reader, session }: DiffSide, seq: number | undefined): string | undefined {
  return seq === undefined ? undefined : reader.message(session, seq)?.kind;
}

function divergenceAt(
  all: readonly JudgedMatch[],
  { at, sort }: { readonly at: number; readonly sort: DivergenceSort },
  sides: Sides,
): FirstDivergence | undefined {
  const entry = all[at]?.entry;
  if (entry === undefined) return undefined;
  const sessions = [sides[0].session, sides[1].session] as const;
  // An answer shows the difference itself; what is done makes another one.
  const end = sort === 'answer' ? at + 1 : at;
  const before = all.slice(Math.max(0, end - maxLooks), end);
  return { sort, sessions, entry, ...earliestState(before, sides) };
}

/** The first of what belongs together after which the two states differ. */
function earliestState(
  matches: readonly JudgedMatch[],
  [good, bad]: Sides,
): Pick<FirstDivergence, 'state' | 'since'> {
  const [one, other] = [new StateTimeline(good.reader), new StateTimeline(bad.reader)];
  for (const { a, b, moved } of matches) {
    // Where only one side says something, the other is as it was before.
    if (a === undefined || b === undefined || moved) continue;
    const since = [a.response ?? a.seq, b.response ?? b.seq] as const;
    const state = stateDifferences(knownAt(one, good, since[0]), knownAt(other, bad, since[1])).filter(tells);
    if (state.length > 0) return { state, since };
  }
  return { state: [], since: undefined };
}

function knownAt(
  timeline: StateTimeline,
  { reader, session }: DiffSide,
  seq: number,
): ReturnType<StateTimeline['at']>[number] | undefined {
  const vm = timeline.vmOf(session);
  return timeline.at(reader.message(session, seq)?.index ?? 0).find((known) => known.vm === vm);
}

/** Not of what is only unknown, may have changed, changes by itself, or is called otherwise in each run. */
function tells({ area, attribute, before, after }: StateDifference): boolean {
  if (area === 'vm' || before?.standing === 'stale' || after?.standing === 'stale') return false;
  if (attribute === undefined) return true;
  const { changing, respelled } = valueKind(area, attribute);
  return before !== undefined && after !== undefined && changing !== true && respelled !== true;
}
