/** What is known of a VM as lines for people and as data for programs. */
import { printJson, printQmp } from '../../json/print.js';
import type { JsonValue } from '../../json/value.js';
import { tableLines } from '../../text/table.js';
import { isoTime } from '../../text/time.js';
import { escapeText, formatSeconds } from '../format.js';
import { type AreaName, areas } from './areas.js';
import type { Contradiction } from './change.js';
import type { Standing, StateCause } from './fact.js';
import { type StateDifference, type StateValue, stateValues } from './state-values.js';
import type { KnownState } from './timeline.js';
import type { Vm } from './vms.js';

/** A line and what it is; escaped. */
export interface StateLine {
  readonly style: Standing | 'heading' | 'area' | 'note';
  readonly text: string;
}

/** The message that a moment is after. */
export interface ShownMoment {
  readonly session: number;
  readonly seq: number;
  /** Nanoseconds since the session began. */
  readonly t: number;
  /** When that was: microseconds since 1970. */
  readonly started: number;
}

/** Longer values are cut; `--json` has all of them. */
const longest = 120;

/** `VM web1, after session 1 #57 (12.345678, 2026-11-20T08:52:42.345678Z)`. */
export function momentText(vm: Vm, at: ShownMoment): string {
  const when = isoTime(at.started + at.t / 1000);
  return `${vmName(vm)}, after session ${at.session} #${at.seq} (${formatSeconds(at.t)}, ${when})`;
}

/** Escaped. */
export function vmName({ label, address }: Vm): string {
  return `VM ${escapeText(label ?? `at ${address}`)}`;
}

/** Everything that is known, an area after the other. `session`: the one whose messages are named without it. */
export function* stateLines(known: KnownState, session: number): Iterable<StateLine> {
  let area: AreaName | undefined;
  let rows: Row[] = [];
  for (const row of grouped(known, session)) {
    if (row.area !== area) {
      yield* areaLines(rows);
      rows = [];
      area = row.area;
      yield { style: 'area', text: areas[area].title };
    }
    rows.push(row);
  }
  yield* areaLines(rows);
  if (area === undefined)
    yield { style: 'note', text: 'nothing is known: no message before it tells of the state' };
}

/** Values of one thing that are known in the same way. */
interface Row {
  readonly area: AreaName;
  readonly name: string;
  readonly standing: Standing;
  readonly why: string;
  readonly values: string[];
}

function* grouped(known: KnownState, session: number): Iterable<Row> {
  let rows: Row[] = [];
  let of = '';
  for (const value of stateValues(known)) {
    const thing = `${value.area} ${value.name}`;
    if (thing !== of) {
      yield* told(rows);
      rows = [];
      of = thing;
    }
    const why = whyText(value, session);
    let row = rows.find((one) => one.why === why && one.standing === value.standing);
    if (row === undefined) {
      const { area, name, standing } = value;
      row = { area, name, standing, why, values: [] };
      rows.push(row);
    }
    if (value.attribute !== undefined)
      row.values.push(`${escapeText(value.attribute)}=${shown(value.value)}`);
  }
  yield* told(rows);
}

/** That a thing is there is told where nothing else is. */
function told(rows: readonly Row[]): readonly Row[] {
  const [first, ...others] = rows;
  const single = first !== undefined && first.name === '';
  return first?.values.length === 0 && (others.length > 0 ? single || first.standing !== 'stale' : single)
    ? others
    : rows;
}

function areaLines(rows: readonly Row[]): StateLine[] {
  const cells = rows.map(({ name, standing, why, values }, at) => {
    const again = at > 0 && rows[at - 1]?.name === name;
    return [`  ${again ? '' : escapeText(name)}`, standing, why, values.join(' ') || 'there'];
  });
  const titles = [{ title: '' }, { title: '' }, { title: '' }, { title: '' }];
  return tableLines(titles, cells)
    .slice(1)
    .map((text, at) => ({ style: rows[at]?.standing ?? 'stale', text }));
}

function whyText({ by, doubt }: StateValue, session: number): string {
  const since =
    doubt === undefined
      ? ''
      : doubt === 'changing'
        ? ', changes by itself'
        : `, until ${causeText(doubt, session)}`;
  return `${causeText(by, session)}${since}`;
}

/** `#44 query-block`; of another session, `session 2 #44 query-block`. */
export function causeText({ session, seq, name }: StateCause, inSession: number): string {
  return `${session === inSession ? '' : `session ${session} `}#${seq} ${escapeText(name)}`;
}

/** A value in a few characters; escaped. */
export function shown(value: JsonValue): string {
  const text = typeof value === 'string' && isWord(value) ? value : printQmp(value);
  return escapeText(text.length > longest ? `${text.slice(0, longest)}...` : text);
}

/** Told apart from other values and from text around it without quotes. */
function isWord(text: string): boolean {
  return /^[^\s=",{}[\]]+$/.test(text) && !/^(?:null|true|false|-?\d+(?:\.\d+)?)$/.test(text);
}

/** `node disk0: backing base -> overlay1 (implied by #40 blockdev-snapshot)`; escaped. */
export function differenceText(
  { area, name, attribute, before, after }: StateDifference,
  session: number,
): string {
  const thing = [areas[area].title, ...(name === '' ? [] : [escapeText(name)])].join(' ');
  const by = after ?? before;
  const why = by === undefined ? '' : `  (${(after ?? before)?.standing ?? ''}, ${whyText(by, session)})`;
  if (attribute === undefined) return `${after === undefined ? '-' : '+'} ${thing}${why}`;
  const [from, to] = [before, after].map((of) => (of === undefined ? 'unknown' : shown(of.value)));
  return `~ ${thing}: ${escapeText(attribute)} ${from ?? ''} -> ${to ?? ''}${why}`;
}

/** `block nodes disk0: #40 blockdev-del implies that it is gone, but #44 query-block says that it is there`; escaped. */
export function contradictionText(found: Contradiction): string {
  const { at, area, name, attribute, implied, impliedBy, answered } = found;
  const thing = [areas[area].title, ...(name === '' ? [] : [escapeText(name)])].join(' ');
  const say = (value: JsonValue | undefined): string =>
    attribute !== undefined
      ? `${escapeText(attribute)}=${value === undefined ? 'nothing' : shown(value)}`
      : value === true
        ? 'it is there'
        : 'it is not there';
  return `${thing}: ${say(implied)} by ${causeText(impliedBy, at.session)}, but ${say(answered)} by ${causeText(at, at.session)}`;
}

/** A line of JSON for each value, the moment first. */
export function* stateJson(known: KnownState, at: ShownMoment): Iterable<string> {
  const { number: vm, label, address } = known.vm;
  const { session, seq, t, started } = at;
  const time = isoTime(started + t / 1000);
  yield JSON.stringify({ type: 'moment', vm, label, address, session, seq, t: seconds(t), time });
  for (const value of stateValues(known)) yield valueJson('value', vm, value);
}

/** A line of JSON for each value that differs. */
export function differenceJson(
  vm: number,
  { area, name, attribute, before, after }: StateDifference,
): string {
  const head = { type: 'difference', vm, area, name: name === '' ? undefined : name, attribute };
  return withMembers(head, {
    before: before && valueJson(undefined, undefined, before),
    after: after && valueJson(undefined, undefined, after),
  });
}

function valueJson(type: string | undefined, vm: number | undefined, of: StateValue): string {
  const { area, name, attribute, value, standing, by, doubt } = of;
  const which = type === undefined ? {} : { area, name: name === '' ? undefined : name, attribute };
  const doubtful = doubt === 'changing' ? doubt : doubt && causeJson(doubt);
  const head = { type, vm, ...which, standing, by: causeJson(by), doubt: doubtful };
  return withMembers(head, { value: printJson(value) });
}

function causeJson({ session, seq, t, name }: StateCause): object {
  return { name, session, seq, t: seconds(t) };
}

/** Members that are JSON text already: numbers keep all digits. */
function withMembers(head: object, members: Readonly<Record<string, string | undefined>>): string {
  const more = Object.entries(members).flatMap(([key, text]) =>
    text === undefined ? [] : `${JSON.stringify(key)}:${text}`,
  );
  return `${JSON.stringify(head).slice(0, -1)},${more.join(',')}}`;
}

function seconds(ns: number): number {
  return Math.round(ns / 1000) / 1e6;
}
