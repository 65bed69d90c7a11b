/**
 * Shows that a rule can fail: drops, delays or duplicates what was recorded until it does. A rule that holds of a
 * recording and of everything that could have gone wrong in it proves nothing.
 */
import type { MessageContext } from '../../recording/fields/field.js';
import { compileMatcher } from '../../recording/matcher.js';
import type { Message, MessageRef } from '../../recording/message.js';
import type { RecordingReader } from '../../recording/ports.js';
import type { Session } from '../../recording/session.js';
import type { RuleResult, Verdict } from './cases.js';
import { contextOf, RuleCheck, type RuledRecording } from './check-rules.js';
import type { Demand, Goal, Pattern, Rule } from './rule.js';

/** What was done to the recording. `recorded`: nothing, it fails as it is. */
export type MutationKind = 'recorded' | 'drop' | 'delay' | 'duplicate' | 'drop responses' | 'drop all';

/** How a rule was made to fail. */
export interface Mutation {
  /** The rule. */
  readonly rule: Rule;
  /** Undefined: it could not be made to fail. */
  readonly kind: MutationKind | undefined;
  /** The message that it was done to, or the first of them. */
  readonly of: (MessageRef & { readonly name: string | undefined }) | undefined;
  /** What became of it: `open` where a rule sets no time. */
  readonly verdict: Verdict;
  /** How many messages the rule is about; of at most 2000 that are looked at. */
  readonly concerned: number;
}

const maxConcerned = 2_000;
const maxBytes = 64 << 20;
/** Messages to which something is done, one after the other. */
const maxTried = 100;

/** How each rule can be made to fail with what is in the recording. */
export function mutateRules(reader: RecordingReader, rules: readonly Rule[]): readonly Mutation[] {
  const trials = rules.map((rule) => new Trial(reader, rule));
  for (const message of reader.messages()) for (const trial of trials) trial.take(message);
  return trials.map((trial) => trial.mutation());
}

type Concerns = (message: Message, context: MessageContext) => boolean;

const nowhere: MessageContext = {
  label: undefined,
  started: undefined,
  file: undefined,
  answer: undefined,
  mark: undefined,
};

class Trial {
  readonly #reader: RuledRecording;
  readonly #rule: Rule;
  readonly #concerns: Concerns;
  readonly #contexts = new Map<number, MessageContext>();
  readonly #messages: Message[] = [];
  readonly #asked = new Set<string>();
  #bytes = 0;

  constructor(reader: RuledRecording, rule: Rule) {
    this.#reader = reader;
    this.#rule = rule;
    this.#concerns = concerned(rule.demand);
  }

  take(message: Message): void {
    if (this.#messages.length >= maxConcerned || this.#bytes > maxBytes) return;
    const { session, seq, replyTo, kind } = message;
    const answers = replyTo !== undefined && this.#asked.has(`${session} ${replyTo}`);
    if (!answers && !this.#concerns(message, this.#contextOf(session))) return;
    if (kind === 'command') this.#asked.add(`${session} ${seq}`);
    this.#messages.push(message);
    this.#bytes += message.raw.length;
  }

  #contextOf(session: number): MessageContext {
    let context = this.#contexts.get(session);
    if (context === undefined) {
      const { info } = this.#reader;
      for (const one of this.#reader.sessions()) this.#contexts.set(one.id, contextOf(one, info.path));
      context = this.#contexts.get(session);
    }
    return context ?? nowhere;
  }

  mutation(): Mutation {
    const before = this.#judge(this.#messages, 0);
    const { rule } = before;
    const concerns = this.#messages.length;
    if (before.failed > 0) {
      const at = before.cases[0]?.at;
      const of = at && { session: at.session, seq: at.seq, name: undefined };
      return { rule, kind: 'recorded', of, verdict: 'false', concerned: concerns };
    }
    let opened: Mutation | undefined;
    for (const { kind, of, messages, later } of this.#mutants()) {
      const after = this.#judge(messages, later);
      const opens = isTimeless(rule.demand) && before.verdict === 'true' && after.verdict === 'open';
      if (after.failed === 0 && (!opens || opened !== undefined)) continue;
      const { session, seq, name, command } = of;
      const done = { session, seq, name: name ?? command };
      const mutation = { rule, kind, of: done, verdict: after.verdict, concerned: concerns };
      if (after.failed > 0) return mutation;
      opened = mutation;
    }
    return opened ?? { rule, kind: undefined, of: undefined, verdict: before.verdict, concerned: concerns };
  }

  *#mutants(): Iterable<{
    readonly kind: MutationKind;
    readonly of: Message;
    readonly messages: readonly Message[];
    /** Nanoseconds by which everything ends later. */
    readonly later: number;
  }> {
    const all = this.#messages;
    const within = this.#rule.demand.form === 'each' ? this.#rule.demand.within : undefined;
    for (const [at, of] of all.slice(0, maxTried).entries()) {
      yield { kind: 'drop', of, messages: all.toSpliced(at, 1), later: 0 };
      if (within !== undefined) {
        // What comes behind it comes later too: its order stays.
        const later = within + 1e9;
        const messages = all.map((one, place) => (place < at ? one : { ...one, t: one.t + later }));
        yield { kind: 'delay', of, messages, later };
      }
      // Between two numbers, so that it is nobody else's.
      const twin = { ...of, seq: of.seq + 0.5 };
      yield { kind: 'duplicate', of, messages: all.toSpliced(at + 1, 0, twin), later: 0 };
    }
    const [first] = all;
    const response = all.find(({ replyTo }) => replyTo !== undefined);
    if (response !== undefined) {
      const messages = all.filter(({ replyTo }) => replyTo === undefined);
      yield { kind: 'drop responses', of: response, messages, later: 0 };
    }
    if (first !== undefined) yield { kind: 'drop all', of: first, messages: [], later: 0 };
  }

  #judge(messages: readonly Message[], later: number): RuleResult {
    const shifted = this.#reader.sessions().map((session): Session => {
      return session.ended === undefined ? session : { ...session, ended: session.ended + later };
    });
    const recording: RuledRecording = { info: this.#reader.info, sessions: () => shifted };
    const check = new RuleCheck(recording, [this.#rule]);
    for (const message of messages) check.take(message);
    const [result] = check.results();
    if (result === undefined) throw new Error('a rule without a result');
    return result;
  }
}

/** A demand without a time is not failed by what does not come: it is open, and that must do. */
function isTimeless(demand: Demand): boolean {
  return demand.form === 'always' || (demand.form === 'each' && demand.within === undefined);
}

/** Whether a message is one that the demand is about, whatever it names. */
function concerned(demand: Demand): Concerns {
  if (demand.form === 'always') return () => true;
  const goals: readonly (Goal | undefined)[] =
    demand.form === 'each' ? [demand.trigger, demand.then, demand.unless] : [demand.pattern];
  const patterns = goals.filter((goal): goal is Pattern => goal !== undefined && 'alternatives' in goal);
  const tests = patterns.flatMap(({ alternatives }) =>
    alternatives.map(({ condition }) => compileMatcher(condition)),
  );
  return (message, context) => tests.some((matches) => matches(message, context));
}
