/** Answers that contradict what follows from the commands and events before them. */
import type { Contradiction } from '../state/change.js';
import { contradictionText } from '../state/state-text.js';
import { type Finding, filterOf, finding } from './finding.js';

/** One for each answer; `startedOf` gives when a session began, in microseconds since 1970. */
export function* stateFindings(
  contradictions: readonly Contradiction[],
  startedOf: (session: number) => number,
): Iterable<Finding> {
  const answers = new Map<string, Contradiction[]>();
  for (const found of contradictions) {
    const key = `${found.at.session} ${found.at.seq}`;
    const known = answers.get(key);
    if (known === undefined) answers.set(key, [found]);
    else known.push(found);
  }
  for (const found of answers.values()) {
    const [first] = found;
    if (first === undefined) continue;
    const { session, seq, t, name } = first.at;
    const seqs = found.flatMap(({ impliedBy }) => (impliedBy.session === session ? [impliedBy.seq] : []));
    const more = found.length === 1 ? '' : `, and ${found.length - 1} more`;
    yield finding({
      kind: 'state-contradicted',
      at: { session, seq, t, started: startedOf(session) },
      subject: name,
      title: `${name} contradicts what was done before: ${contradictionText(first)}${more}`,
      cause:
        'Commands that were accepted and events imply another state. Somebody else has changed it (another monitor, a ' +
        'monitor for people, the server itself), or an event was lost.',
      seqs: [...new Set([...seqs, seq])].sort((a, b) => a - b),
      count: found.length,
      next: { command: 'show', filter: filterOf(session, [...new Set([...seqs, seq])]) },
    });
  }
}
