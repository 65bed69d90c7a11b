/** Explains what went wrong in a recording: findings of all kinds, gathered in one pass, the weightiest first. */
import type { RecordingReader } from '../../recording/ports.js';
import type { Session } from '../../recording/session.js';
import { RuleCheck } from '../rules/check-rules.js';
import { rulePack } from '../rules/pack.js';
import type { Contradiction } from '../state/change.js';
import { StateReducer } from '../state/reducer.js';
import { Vms } from '../state/vms.js';
import { StoryCollector } from '../stories/stories.js';
import type { Moment } from '../stories/story.js';
import { Endings } from './endings.js';
import { byWeight, type Detector, type Ending, type Finding, finding } from './finding.js';
import { kindsByRule, ruleFindings } from './from-rules.js';
import { stateFindings } from './from-state.js';
import { storyFindings } from './from-stories.js';
import { Holding } from './holding.js';
import { MigrationCourse } from './migration-course.js';
import { Refusals } from './refusals.js';
import { Repetition } from './repetition.js';
import { Violations } from './violations.js';

/** What `collectFindings` may be told. */
export interface FindingOptions {
  /** Of a recording that is still being made: microseconds since 1970. Without it, time ends with the last message. */
  readonly now?: number | undefined;
}

/** Messages in one step of `gatherFindings`: some milliseconds. */
const stepLength = 500;

/** A hostile recording has any number. */
const maxContradictions = 1000;

/**
 * What explains the state of a recording, finished or still being made, of one VM or of many: the weightiest first.
 * @example
 * const [worst] = collectFindings(openRecording('hang.qmptap'));
 * worst?.title; // the monitor is held by query-blockstats: no response for 34s, and 3 commands wait behind it
 */
export function collectFindings(reader: RecordingReader, options: FindingOptions = {}): readonly Finding[] {
  const steps = gatherFindings(reader, options);
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

/** The same in short steps, for callers with other work to do; each step yields how many messages were read so far. */
export function* gatherFindings(
  reader: RecordingReader,
  { now }: FindingOptions = {},
): Generator<number, readonly Finding[], void> {
  const gathering = new Gathering(reader);
  let read = 0;
  for (const message of reader.messages()) {
    gathering.take(message);
    if (++read % stepLength === 0) yield read;
  }
  return gathering.findings(now);
}

class Gathering {
  readonly #reader: RecordingReader;
  readonly #detectors: readonly Detector[] = [
    new Holding(),
    new Refusals(),
    new Endings(),
    new MigrationCourse(),
    new Repetition(),
    new Violations(),
  ];
  readonly #rules: RuleCheck;
  readonly #stories: StoryCollector;
  readonly #state: StateReducer;
  readonly #contradictions: Contradiction[] = [];
  readonly #sessions = new Map<number, Session>();
  readonly #latest = new Map<number, Moment>();

  constructor(reader: RecordingReader) {
    this.#reader = reader;
    this.#rules = new RuleCheck(
      reader,
      rulePack().filter(({ name }) => name in kindsByRule),
    );
    this.#stories = new StoryCollector(reader);
    this.#state = new StateReducer(new Vms(reader), (found) => {
      if (this.#contradictions.length < maxContradictions) this.#contradictions.push(found);
    });
  }

  take(message: Parameters<RuleCheck['take']>[0]): void {
    const { session: id, seq, t, untimed } = message;
    if (!this.#sessions.has(id)) this.#learn();
    const session = this.#sessions.get(id);
    if (session === undefined) return;
    const at: Moment = { session: id, seq, t, started: session.started, untimed };
    this.#latest.set(id, at);
    for (const detector of this.#detectors) detector.take({ message, session, at });
    this.#rules.take(message);
    this.#stories.take(message);
    this.#state.take(message);
  }

  findings(now: number | undefined): readonly Finding[] {
    this.#learn();
    const ending: Ending = { sessions: [...this.#sessions.values()], endOf: (id) => this.#endOf(id, now) };
    const isRefused = (session: number, seq: number): boolean =>
      this.#reader.message(session, seq)?.kind === 'error';
    this.#stories.refresh();
    const found = [
      ...this.#detectors.flatMap((detector) => [...detector.findings(ending)]),
      ...this.#rules.results(now).flatMap((result) => [...ruleFindings(result)]),
      ...storyFindings(this.#stories.stories(), isRefused),
      ...stateFindings(this.#contradictions, (id) => this.#sessions.get(id)?.started ?? 0),
      ...this.#incomplete(),
    ];
    return found.sort(byWeight);
  }

  *#incomplete(): Iterable<Finding> {
    const { incomplete, path } = this.#reader.info;
    if (incomplete === undefined) return;
    yield finding({
      kind: 'incomplete-recording',
      subject: path,
      title: `the recording does not hold everything: ${incomplete}`,
      cause: 'What is missing may explain what is found here, or may be what is not found.',
      next: { command: 'show', filter: '' },
    });
  }

  #learn(): void {
    for (const session of this.#reader.sessions()) this.#sessions.set(session.id, session);
  }

  #endOf(id: number, now: number | undefined): Moment | undefined {
    const session = this.#sessions.get(id);
    const latest = this.#latest.get(id);
    if (session === undefined) return undefined;
    const { started, ended, messages } = session;
    const t = ended ?? (now === undefined ? undefined : (now - started) * 1000);
    if (t === undefined) return latest;
    return {
      session: id,
      seq: Math.max(1, messages),
      t: Math.max(t, latest?.t ?? 0),
      started,
      untimed: latest?.untimed,
    };
  }
}
