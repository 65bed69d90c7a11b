/**
 * A divergence: where a replay did not go as recorded, as a two-sided account in the specification's
 * notation. All its texts are ASCII and safe on a terminal.
 */
import type { Direction, Message } from '../../recording/message.js';
import type { Difference } from '../../json/difference.js';
import { wireText } from './wire-text.js';

/** What went otherwise than recorded. */
export type DivergenceKind =
  /** The client sent what the recording does not have (here). */
  | 'miss'
  /** The client sent invalid JSON that the recording does not have. */
  | 'garbage'
  /** Recorded exchanges that the client never asked for. */
  | 'unused'
  /** The recording does not say how this was answered. */
  | 'unanswered'
  /** A client more than the recording has sessions. */
  | 'surplus'
  /** The server's message differs from the recorded one. */
  | 'difference'
  /** The server sent what the recording does not have. */
  | 'unexpected'
  /** An in-band response came before an earlier one. */
  | 'out-of-order'
  /** Something recorded did not come in time. */
  | 'never-came'
  /** The peer left before the recording says so. */
  | 'closed-early';

/** One line of an account. */
export interface Line {
  /** Who sent it. */
  readonly dir: Direction;
  /** Its `seq` in the recording; undefined if it is not from there. */
  readonly seq: number | undefined;
  /** The message in one line, cut if long. */
  readonly text: string;
}

/** A recorded message that resembles the one that came. */
export interface Candidate extends Line {
  /** How it differs: `the same`, `used up`, or the paths. */
  readonly how: string;
  /** It is the command that was sent, but in another place, or its answer was given already. */
  readonly same: boolean;
}

/** Where a replay did not go as recorded. All texts are ASCII and safe on a terminal. */
export interface Divergence {
  /** What went otherwise. */
  readonly kind: DivergenceKind;
  /** The recorded session that was replayed. */
  readonly session: number;
  /** One line: what happened. */
  readonly summary: string;
  /** The last lines that went as recorded. */
  readonly before: readonly Line[];
  /** What the recording has here. */
  readonly expected: readonly Line[];
  /** What came instead. */
  readonly actual: readonly Line[];
  /** Where the two differ, by path. */
  readonly differences: readonly Difference[];
  /** Recorded messages that resemble what came, the nearest first. */
  readonly candidates: readonly Candidate[];
}

/** Makes a divergence; what is left out is empty. */
export function divergence(
  told: Pick<Divergence, 'kind' | 'session' | 'summary'> & Partial<Divergence>,
): Divergence {
  return { before: [], expected: [], actual: [], differences: [], candidates: [], ...told };
}

/** A recorded message as a line of an account. */
export function recordedLine({ dir, seq, raw }: Message): Line {
  return { dir, seq, text: wireText(raw) };
}

/** Bytes that came now as a line of an account. */
export function actualLine(dir: Direction, bytes: Uint8Array): Line {
  return { dir, seq: undefined, text: wireText(bytes) };
}

/** More differences of one message than this are counted instead of listed. */
const maximumListed = 50;

/** The account: several lines, without a line end after the last. */
export function accountOf(told: Divergence): string {
  const lines = [`session ${told.session}: ${told.summary}`, ...told.before.map(formatted)];
  section(lines, 'expected', told.expected.map(formatted));
  section(lines, 'actual', told.actual.map(formatted));
  section(lines, 'differences', told.differences.slice(0, maximumListed).map(differenceLine));
  const more = told.differences.length - maximumListed;
  if (more > 0) lines.push(`    ... and ${more} more`);
  section(
    lines,
    'nearest recorded',
    told.candidates.map((one) => `${formatted(one)}\n             ${one.how}`),
  );
  return lines.join('\n');
}

function section(lines: string[], title: string, content: readonly string[]): void {
  if (content.length > 0) lines.push(`  ${title}`, ...content);
}

function formatted({ dir, seq, text }: Line): string {
  const place = seq === undefined ? '' : `#${seq}`;
  return `    ${place.padEnd(5)} ${dir === 'c2s' ? '->' : '<-'} ${text}`;
}

/** `return.running: expected true, got false`. */
export function differenceLine({ path, expected, actual }: Difference): string {
  if (expected === undefined) return `    ${path}: not recorded, got ${actual ?? 'nothing'}`;
  return `    ${path}: expected ${expected}, got ${actual ?? 'nothing'}`;
}
