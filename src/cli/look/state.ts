/** What `qmptap state` does: prints what was known of the VMs at a moment, or what changed between two. */
import { type ResolvedMoment, parseMoment, resolveMoment } from '../../inspect/state/moment.js';
import { stateDifferences } from '../../inspect/state/state-values.js';
import {
  differenceJson,
  differenceText,
  momentText,
  type ShownMoment,
  stateJson,
  type StateLine,
  stateLines,
} from '../../inspect/state/state-text.js';
import { type KnownState, StateTimeline } from '../../inspect/state/timeline.js';
import type { RecordingReader } from '../../recording/ports.js';
import { openSource } from '../files/source.js';
import { cut } from '../output/cut.js';
import { asciiJson, Lines, say, type Style, styled, terminalWidth } from '../output/output.js';

export interface StateOptions {
  /** Undefined: the end. */
  readonly at: string | undefined;
  /** One moment to compare with `at`, or two. */
  readonly diff: readonly string[];
  readonly session: number | undefined;
  readonly json: boolean;
}

const styles: Readonly<Record<StateLine['style'], Style>> = {
  heading: 'bold',
  area: 'bold',
  asserted: 'reset',
  implied: 'cyan',
  stale: 'dim',
  note: 'dim',
};

/**
 * Prints it, and gives the exit code.
 * @throws RecordingError, UsageError for a moment that cannot be read
 */
export function state(paths: readonly string[], options: StateOptions): number {
  const written = [...(options.at === undefined ? [] : [options.at]), ...options.diff].map(parseMoment);
  using source = openSource(paths);
  const { reader } = source;
  const moments = (written.length === 0 ? [undefined] : written).map((one) =>
    resolveMoment(reader, one, options.session),
  );
  const [first] = moments;
  if (first === undefined) return source.exitCode;
  const second =
    moments[1] ?? (options.diff.length > 0 ? resolveMoment(reader, undefined, options.session) : undefined);
  const timeline = new StateTimeline(reader);
  const lines = new Lines();
  const print =
    second === undefined
      ? printed(reader, timeline, first, options.json)
      : compared(timeline, first, second, options.json);
  let any = false;
  for (const line of print) {
    any = true;
    lines.write(line);
  }
  lines.flush();
  if (!any)
    say(
      `${reader.info.path}: ${second === undefined ? 'no message before it tells of a state' : 'no value differs'}`,
    );
  return source.exitCode;
}

/** Of the VM of the session that is meant, or of all. */
function knownAt(timeline: StateTimeline, { index, session }: ResolvedMoment): readonly KnownState[] {
  const vm = session === undefined ? undefined : timeline.vmOf(session);
  return timeline.at(index).filter((known) => vm === undefined || known.vm === vm);
}

function* printed(
  reader: RecordingReader,
  timeline: StateTimeline,
  moment: ResolvedMoment,
  json: boolean,
): Iterable<string> {
  const at = shownMoment(reader, moment);
  for (const [place, known] of knownAt(timeline, moment).entries()) {
    if (json) {
      for (const line of stateJson(known, at)) yield `${asciiJson(line)}\n`;
      continue;
    }
    if (place > 0) yield '\n';
    const heading: StateLine = { style: 'heading', text: momentText(known.vm, at) };
    for (const { style, text } of [heading, ...stateLines(known, at.session)])
      yield `${styled(styles[style], cut(text, terminalWidth()))}\n`;
  }
}

function* compared(
  timeline: StateTimeline,
  first: ResolvedMoment,
  second: ResolvedMoment,
  json: boolean,
): Iterable<string> {
  const [before, after] = [knownAt(timeline, first), knownAt(timeline, second)];
  for (const vm of new Set([...before, ...after].map((known) => known.vm))) {
    const [one, other] = [before, after].map((all) => all.find((known) => known.vm === vm));
    for (const found of stateDifferences(one, other)) {
      yield json
        ? `${asciiJson(differenceJson(vm.number, found))}\n`
        : `${cut(differenceText(found, second.session ?? 0), terminalWidth())}\n`;
    }
  }
}

/** The last message up to the moment. */
function shownMoment(reader: RecordingReader, { index }: ResolvedMoment): ShownMoment {
  for (const { session, seq, t } of reader.messages({ before: index + 1, order: 'desc', limit: 1 }))
    return { session, seq, t, started: reader.session(session)?.started ?? 0 };
  return { session: 0, seq: 0, t: 0, started: reader.sessions()[0]?.started ?? 0 };
}
