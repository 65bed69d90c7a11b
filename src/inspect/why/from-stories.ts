/** Findings that stories tell: migrations and jobs that did not end well. */
import type { Story, StoryOutcome } from '../stories/stories.js';
import { type Finding, finding, type FindingKind } from './finding.js';

interface Told {
  readonly kind: FindingKind;
  readonly what: string;
  readonly cause: string;
}

const failed = 'What it has copied so far is not a whole copy. The reason is that of the server itself.';

const kinds: Readonly<Record<string, Partial<Record<StoryOutcome, Told>>>> = {
  migration: {
    failure: {
      kind: 'migration-failed',
      what: 'failed',
      cause: 'The VM stays on the source, and runs on there once it is continued.',
    },
    cancelled: {
      kind: 'migration-cancelled',
      what: 'was cancelled',
      cause:
        'Somebody sent migrate_cancel: a person, or a client whose time was over. The VM stays on the source.',
    },
  },
  job: { failure: { kind: 'job-failed', what: 'failed', cause: failed } },
};

/** The findings of stories that are over. `isRefused`: its end is an error response, which is told elsewhere. */
export function* storyFindings(
  stories: readonly Story[],
  isRefused: (session: number, seq: number) => boolean,
): Iterable<Finding> {
  for (const { kind, name, outcome, detail, start, end, steps } of stories) {
    const told = kinds[kind]?.[outcome];
    if (told === undefined || end === undefined || isRefused(end.session, end.seq)) continue;
    const seqs = steps.flatMap(({ session, seq }) => (session === end.session ? [seq] : []));
    yield finding({
      kind: told.kind,
      at: end,
      subject: name === '' ? kind : name,
      title: `the ${kind}${name === '' ? '' : ` ${name}`} ${told.what}${detail === undefined ? '' : `: ${detail}`}`,
      cause: told.cause,
      seqs: [...new Set([start.session === end.session ? start.seq : end.seq, ...seqs.slice(-19)])],
      next: { command: 'stories', filter: '' },
    });
  }
}
