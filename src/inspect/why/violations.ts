/** What broke the protocol, as `check` knows it, those of a kind together. */
import { checkRules as protocolRules, type CheckRule, SessionCheck } from '../check.js';
import type { Moment } from '../stories/story.js';
import { type Detector, filterOf, type Finding, finding, Numbers, type Told } from './finding.js';

interface Group {
  readonly rule: CheckRule;
  readonly text: string;
  readonly at: Moment;
  readonly numbers: Numbers;
}

/** Endings tell of these. */
const toldElsewhere: readonly CheckRule[] = ['partial', 'unanswered'];

export class Violations implements Detector {
  readonly #checks = new Map<number, SessionCheck>();
  readonly #groups = new Map<string, Group>();

  take({ message, session, at }: Told): void {
    let check = this.#checks.get(session.id);
    if (check === undefined) {
      check = new SessionCheck(session);
      this.#checks.set(session.id, check);
    }
    for (const { severity, rule, text } of check.message(message)) {
      if (severity !== 'violation' || toldElsewhere.includes(rule)) continue;
      const key = `${session.id} ${rule}`;
      const group = this.#groups.get(key) ?? { rule, text, at, numbers: new Numbers() };
      group.numbers.add(message.seq);
      this.#groups.set(key, group);
    }
  }

  *findings(): Iterable<Finding> {
    for (const { rule, text, at, numbers } of this.#groups.values()) {
      const often = numbers.count === 1 ? '' : `, ${numbers.count} times`;
      yield finding({
        kind: 'protocol-violation',
        at,
        subject: rule,
        title: `${protocolRules[rule]}: ${text.length > 200 ? `${text.slice(0, 200)}…` : text}${often}`,
        cause:
          'A peer that keeps to the QMP specification does not do this; others may misread what follows.',
        seqs: numbers.seqs,
        count: numbers.count,
        next: { command: 'show', filter: filterOf(at.session, numbers.seqs) },
      });
    }
  }
}
