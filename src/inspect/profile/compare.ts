/** Compares a recording with a profile: what is slower than it almost ever was, and what was never seen. */
import type { MessageRef } from '../../recording/message.js';
import type { RecordingReader } from '../../recording/ports.js';
import { commandsOf, otherName, type Profile, type ProfiledCommand, sessionStart } from './profile.js';
import type { LatencySketch } from './sketch.js';

/** Slower than all but one in a thousand. */
const slowPart = 0.999;
/** With fewer exchanges than this, a profile says nothing of how long a command takes. */
const fewest = 10;
/** Clocks and schedulers make differences of this size, in nanoseconds. */
const slightest = 1e6;
/** More messages of a finding are counted only. */
const maxSeqs = 100;

/** What a recording has that a profile has not. `command` and `shape`: never seen. `order`: never in this order. */
export type ProfileFinding = {
  /** The first message, or of slow ones the slowest. */
  readonly at: MessageRef;
  readonly command: string;
  /** Up to a hundred of them, in their order. */
  readonly refs: readonly MessageRef[];
  /** How many there are. */
  readonly count: number;
} & (
  | { readonly kind: 'command' }
  | { readonly kind: 'shape'; readonly shape: string }
  | { readonly kind: 'order'; readonly before: string }
  | {
      readonly kind: 'slower';
      readonly shape: string;
      /** The slowest, in nanoseconds. */
      readonly worst: number;
      /** What all but one in a thousand of the profile took at most, and the longest of it. */
      readonly usual: number;
      readonly longest: number;
      /** How many exchanges of the profile that is of. */
      readonly of: number;
    }
);

interface Gathered {
  at: MessageRef;
  worst: number;
  count: number;
  readonly refs: MessageRef[];
}

/** The slow first, by how much slower they are; then what was never seen. */
export function compareWithProfile(profile: Profile, reader: RecordingReader): readonly ProfileFinding[] {
  const comparison = new Comparison(profile);
  for (const { command, answer } of commandsOf(reader)) {
    if (answer === undefined) comparison.sent(command);
    else if (answer.latency !== undefined) comparison.answered(command, answer.latency);
  }
  return comparison.findings();
}

class Comparison {
  readonly #profile: Profile;
  readonly #usual = new Map<string, LatencySketch>();
  readonly #found = new Map<
    string,
    { readonly of: Gathered; readonly finding: (of: Gathered) => ProfileFinding }
  >();
  readonly #last = new Map<number, string>();

  constructor(profile: Profile) {
    this.#profile = profile;
  }

  sent({ session, seq, name, shape }: ProfiledCommand): void {
    const at = { session, seq };
    const before = this.#last.get(session) ?? sessionStart;
    this.#last.set(session, name);
    const known = this.#profile.commands.get(name);
    if (known === undefined) {
      if (this.#profile.commands.has(otherName)) return;
      this.#gather(`command ${name}`, at, 0, (of) => ({ kind: 'command', command: name, ...seen(of) }));
      return;
    }
    if (!known.shapes.has(shape) && !known.shapes.has(otherName))
      this.#gather(`shape ${name} ${shape}`, at, 0, (of) => ({
        kind: 'shape',
        command: name,
        shape,
        ...seen(of),
      }));
    const followers = this.#profile.commands.get(before)?.followers;
    if (followers !== undefined && !followers.has(name) && !followers.has(otherName))
      this.#gather(`order ${before} ${name}`, at, 0, (of) => ({
        kind: 'order',
        command: name,
        before,
        ...seen(of),
      }));
  }

  answered({ session, seq, name, shape }: ProfiledCommand, latency: number): void {
    const durations = this.#durations(name, shape);
    if (durations.count < fewest) return;
    const usual = durations.quantile(slowPart);
    if (latency <= usual + slightest) return;
    const { max: longest, count: of } = durations;
    this.#gather(`slower ${name} ${shape}`, { session, seq }, latency, (gathered) => {
      const { worst } = gathered;
      return { kind: 'slower', command: name, shape, worst, usual, longest, of, ...seen(gathered) };
    });
  }

  findings(): readonly ProfileFinding[] {
    const found = [...this.#found.values()].map(({ of, finding }) => finding(of));
    return found.sort((a, b) => weight(b) - weight(a));
  }

  /** Of such arguments, if enough are known of them; else of the command. */
  #durations(name: string, shape: string): LatencySketch {
    const key = `${name} ${shape}`;
    let durations = this.#usual.get(key);
    if (durations === undefined) {
      const same = this.#profile.commands.get(name)?.shapes.get(shape);
      durations = same !== undefined && same.count >= fewest ? same : this.#profile.durations(name);
      this.#usual.set(key, durations);
    }
    return durations;
  }

  #gather(key: string, at: MessageRef, worst: number, finding: (of: Gathered) => ProfileFinding): void {
    const known = this.#found.get(key);
    if (known === undefined) {
      this.#found.set(key, { of: { at, worst, count: 1, refs: [at] }, finding });
      return;
    }
    const { of } = known;
    of.count += 1;
    if (of.refs.length < maxSeqs) of.refs.push(at);
    if (worst > of.worst) [of.at, of.worst] = [at, worst];
  }
}

function seen({ at, count, refs }: Gathered): Pick<ProfileFinding, 'at' | 'count' | 'refs'> {
  return { at, count, refs };
}

const order = { slower: 3, command: 2, shape: 1, order: 0 } as const;

/** Slow ones by how much slower they are, of others their kind. */
function weight(finding: ProfileFinding): number {
  const within = finding.kind === 'slower' ? 1 - finding.usual / (finding.worst + 1) : 0;
  return order[finding.kind] + within;
}
