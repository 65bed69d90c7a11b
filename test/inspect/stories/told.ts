/** Stories of conversations, and their essence. */
import { collectStories, type Story } from '../../../src/inspect/stories/stories.js';
import { type Line, played } from '../../support/conversation.js';

export const event = (name: string, data: object = {}, after = 1): Line => [
  '<-',
  { event: name, data },
  after,
];
export const command = (name: string, given: object): Line => ['->', { execute: name, arguments: given }];
export const refused = (desc: string): Line => ['<-', { error: { class: 'GenericError', desc } }];
export const ms = (count: number): number => count * 1_000_000;

export function told(...lines: (Line | Line[])[]): readonly Story[] {
  return collectStories(
    played(lines.flatMap((line) => (typeof line[0] === 'string' ? [line as Line] : (line as Line[])))),
  );
}

/** The essence: what, which, how it ended, how long it took, and its steps. */
export function essence({ kind, name, outcome, detail, duration, steps }: Story): unknown[] {
  return [kind, name, outcome, detail, (duration ?? NaN) / 1e6, steps.map(({ text }) => text).join(' ')];
}
