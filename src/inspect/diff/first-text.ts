/** The first divergence as text for people and as data for programs. */
import { printJson } from '../../json/print.js';
import { escapeText, frameText } from '../format.js';
import type { StateValue } from '../state/state-values.js';
import { areas } from '../state/areas.js';
import { shown } from '../state/state-text.js';
import type { DivergenceSort, FirstDivergence } from './first-divergence.js';
import { type DiffLine, type DiffSides, differenceText } from './diff-text.js';

/** More is counted, not shown. */
const maxShown = 10;
/** So much of a message's text is shown. */
const maxText = 300;

const sorts: Readonly<Record<DivergenceSort, string>> = {
  outcome: 'a command succeeds in one and fails in the other',
  command: 'another command is given',
  event: 'another event comes',
  answer: 'a question is answered otherwise',
  question: 'only one asks',
  place: 'only the order differs',
};

/** What parts the two, and what was otherwise before; escaped. */
export function* firstText(found: FirstDivergence | undefined, sides: DiffSides): Iterable<DiffLine> {
  const [nameA, nameB] = [escapeText(sides.nameA), escapeText(sides.nameB)];
  if (found === undefined) {
    yield { style: 'summary', text: `${nameA} and ${nameB} say the same` };
    return;
  }
  const { sort, entry, sessions, state, since } = found;
  yield { style: 'heading', text: `first divergence: ${sorts[sort]}, ${escapeText(entry.name)}` };
  yield* sideText(sides, found, 'a');
  yield* sideText(sides, found, 'b');
  for (const difference of entry.differences.slice(0, maxShown))
    yield { style: 'detail', text: `    ${differenceText(difference)}` };
  if (entry.differences.length > maxShown)
    yield { style: 'detail', text: `    and ${entry.differences.length - maxShown} more differences` };
  if (since === undefined) {
    yield { style: 'summary', text: 'before it no state is known to differ' };
    return;
  }
  const [a, b] = since;
  yield {
    style: 'heading',
    text: `earliest difference of state: after session ${sessions[0]} #${a} of ${nameA}, session ${sessions[1]} #${b} of ${nameB}`,
  };
  for (const { area, name, attribute, before, after } of state.slice(0, maxShown)) {
    const thing = [areas[area].title, name, attribute ?? ''].filter((word) => word !== '').join(' ');
    const values = [before, after].map((value) => valueText(value)).join(' | ');
    yield { style: 'changed', text: `  ~ ${escapeText(thing)}: ${values}` };
  }
  if (state.length > maxShown) yield { style: 'detail', text: `    and ${state.length - maxShown} more` };
}

function* sideText(
  sides: DiffSides,
  { entry, sessions }: FirstDivergence,
  side: 'a' | 'b',
): Iterable<DiffLine> {
  const [seq, session] = [entry[side], sessions[side === 'a' ? 0 : 1]];
  const name = escapeText(side === 'a' ? sides.nameA : sides.nameB);
  const style = side === 'a' ? 'removed' : 'added';
  const mark = side === 'a' ? '-' : '+';
  const message = seq === undefined ? undefined : sides[side].message(session, seq);
  if (message === undefined) {
    yield { style, text: `  ${mark} ${name}: nothing` };
    return;
  }
  yield {
    style,
    text: `  ${mark} ${name} session ${session} #${message.seq}: ${frameText(message.raw, maxText)}`,
  };
  const response = sides[side].responseTo(session, message.seq);
  if (response !== undefined)
    yield { style, text: `  ${mark}   #${response.seq}: ${frameText(response.raw, maxText)}` };
}

function valueText(value: StateValue | undefined): string {
  if (value === undefined) return 'not there';
  const { by, standing } = value;
  const what = value.attribute === undefined ? 'there' : shown(value.value);
  return `${what} (${standing}, #${by.seq} ${escapeText(by.name)})`;
}

/** What `diff --first --json` prints. */
export function firstJson(found: FirstDivergence | undefined): object {
  if (found === undefined) return { type: 'first-divergence', same: true };
  const { sort, sessions, entry, state, since } = found;
  return {
    type: 'first-divergence',
    same: false,
    sort,
    sessions,
    change: entry.change,
    of: entry.type,
    name: entry.name,
    a: entry.a,
    b: entry.b,
    differences: entry.differences.map(({ path, expected, actual }) => ({ path, a: expected, b: actual })),
    since: since && { a: since[0], b: since[1] },
    state: state.map(({ area, name, attribute, before, after }) => ({
      area,
      name: name === '' ? undefined : name,
      attribute,
      a: before && valueJson(before),
      b: after && valueJson(after),
    })),
  };
}

/** The value as JSON text: all its digits are kept. */
function valueJson({ value, standing, by }: StateValue): object {
  return { value: printJson(value), standing, by: { name: by.name, session: by.session, seq: by.seq } };
}
