/** Stories as text for people and as data for programs. */
import { escapeText, formatDuration, formatSeconds } from '../format.js';
import type { Moment, Story, StoryStep } from './stories.js';

/** A line and its style; all is escaped. */
export interface StoryLine {
  readonly style: Story['outcome'] | 'detail';
  readonly text: string;
}

/** A story's heading and its steps. */
export function* storyText(story: Story): Iterable<StoryLine> {
  const { kind, name, outcome, detail, duration, start, end, steps, omitted } = story;
  const title = [kind, ...(name === '' ? [] : [escapeText(name)])].join(' ');
  const took =
    end === undefined ? `unfinished${timed('after', duration)}` : `${outcome}${timed('in', duration)}`;
  const why = detail === undefined ? '' : `: ${escapeText(detail)}`;
  const where = `session ${start.session} #${start.seq}${end === undefined ? '' : ` to ${place(end, start)}`}`;
  yield { style: outcome, text: `${title}  ${took}${why}  (${where})` };
  const half = Math.ceil(steps.length / 2);
  for (const [at, step] of steps.entries()) {
    if (omitted > 0 && at === half) yield { style: 'detail', text: `      ${omitted} steps more` };
    yield { style: 'detail', text: stepText(step, start) };
  }
}

/** What a log does not tell, or its clock is too coarse for, is not told. */
function timed(word: string, duration: number | undefined): string {
  return duration === undefined || duration === 0 ? '' : ` ${word} ${formatDuration(duration)}`;
}

function stepText(step: StoryStep, start: StoryStep): string {
  return `  ${(step.untimed === true ? '?' : formatSeconds(step.t)).padStart(13)}  ${place(step, start).padStart(7)}  ${escapeText(step.text)}`;
}

function place({ session, seq }: Moment, start: Moment): string {
  return session === start.session ? `#${seq}` : `session ${session} #${seq}`;
}

/** How many stories there are, and how many of them are unfinished or failed. */
export function storiesSummary(stories: readonly Story[]): string {
  const count = (outcome: Story['outcome']): number =>
    stories.filter((story) => story.outcome === outcome).length;
  const parts = (['unfinished', 'failure', 'cancelled'] as const).flatMap((outcome) => {
    const found = count(outcome);
    return found === 0 ? [] : [`${found} ${outcome === 'failure' ? 'failed' : outcome}`];
  });
  return [`${stories.length} ${stories.length === 1 ? 'story' : 'stories'}`, ...parts].join(', ');
}

/** What `stories --json` prints for one. */
export function storyJson(story: Story): object {
  const { kind, name, outcome, live, detail, start, end, duration, steps, omitted } = story;
  return {
    type: 'story',
    kind,
    name: name === '' ? undefined : name,
    outcome,
    live: live ? true : undefined,
    detail,
    session: start.session,
    seq: start.seq,
    t: seconds(start.t),
    end: end === undefined ? undefined : { session: end.session, seq: end.seq, t: seconds(end.t) },
    duration: duration === undefined ? undefined : seconds(duration),
    steps: steps.map(({ session, seq, t, text }) => ({ session, seq, t: seconds(t), text })),
    omitted: omitted === 0 ? undefined : omitted,
  };
}

function seconds(ns: number): number {
  return Math.round(ns / 1000) / 1e6;
}
