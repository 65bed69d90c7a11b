/**
 * Whether a migration converges: how fast memory gets dirty against how fast it is sent, by the answers to
 * `query-migrate`. (QEMU's qapi/migration.json, `MigrationStats`.)
 */
import { isNumber, isObject, type JsonValue } from '../../json/value.js';
import { memberOf } from '../../recording/message.js';
import { formatBytes } from '../format.js';
import { type Moment, textOf } from '../stories/story.js';
import { type Detector, type Finding, finding, Numbers, type Told } from './finding.js';

/** The first pass sends everything, and the next ones tell little. */
const manyPasses = 4;

interface Course {
  readonly at: Moment;
  readonly numbers: Numbers;
  dirty: number;
  bandwidth: number;
  passes: number;
  remaining: number;
}

export class MigrationCourse implements Detector {
  /** By session: the migration that does not converge as it looks now. */
  readonly #courses = new Map<number, Course>();

  take({ message, at }: Told): void {
    const { kind, name, command, raw, session } = message;
    if (kind === 'event' && name === 'MIGRATION') {
      if (textOf(memberOf(raw, 'data'), 'status') === 'completed') this.#courses.delete(session);
    } else if (kind === 'success' && command === 'query-migrate') this.#queried(memberOf(raw, 'return'), at);
  }

  #queried(returned: JsonValue | undefined, at: Moment): void {
    const status = textOf(returned, 'status');
    if (status === 'completed') this.#courses.delete(at.session);
    if (status !== 'active') return;
    const ram = isObject(returned) ? returned.get('ram') : undefined;
    const rate = numberOf(ram, 'dirty-pages-rate') ?? 0;
    const dirty = rate * (numberOf(ram, 'page-size') ?? 4096);
    const bandwidth = ((numberOf(ram, 'mbps') ?? 0) * 1e6) / 8;
    const passes = numberOf(ram, 'dirty-sync-count') ?? 0;
    const remaining = numberOf(ram, 'remaining') ?? 0;
    if (passes < manyPasses || rate === 0 || dirty < bandwidth) return;
    const known = this.#courses.get(at.session);
    const course = known ?? { at, numbers: new Numbers(), dirty, bandwidth, passes, remaining };
    Object.assign(course, { dirty, bandwidth, passes, remaining });
    course.numbers.add(at.seq);
    this.#courses.set(at.session, course);
  }

  *findings(): Iterable<Finding> {
    for (const { at, numbers, dirty, bandwidth, passes, remaining } of this.#courses.values()) {
      yield finding({
        kind: 'migration-not-converging',
        at,
        subject: 'migration',
        title:
          `the migration does not converge: the guest makes ${formatBytes(Math.round(dirty))} a second dirty, ` +
          `${formatBytes(Math.round(bandwidth))} a second are sent; pass ${passes}, ${formatBytes(remaining)} remain`,
        cause:
          'Each pass sends what the pass before left dirty, and ends only if that gets less. More max-bandwidth, a longer ' +
          'downtime-limit, auto-converge or postcopy make it end.',
        seqs: numbers.seqs,
        count: numbers.count,
        next: { command: 'show', filter: `session:${at.session} (cmd:*migrate* or event:MIGRATION*)` },
      });
    }
  }
}

function numberOf(value: JsonValue | undefined, key: string): number | undefined {
  const found = isObject(value) ? value.get(key) : undefined;
  return isNumber(found) ? Number(found.text) : undefined;
}
