/**
 * A race: contenders that do the same work, in turns within each round and in reverse order every other
 * round, so that what else the machine does hits all of them alike. Only ratios within a round mean
 * anything. Prints medians with their quartiles, and the aims. Knows nothing of what is measured.
 *
 * @typedef {{ name: string, unit: string, field: string, against?: 'ratio' | 'difference' }} Metric
 *   `against`: what is printed of it, besides the base's own value; without it the value itself
 * @typedef {Readonly<Record<string, number>>} Measurement
 * @typedef {object} Race
 * @property {string} name
 * @property {string} about
 * @property {number} rounds
 * @property {string} [base] the contender to whom the others are compared
 * @property {readonly Metric[]} metrics
 * @property {ReadonlyMap<string, () => Promise<Measurement>>} contenders
 */
import { aims } from './aims.mjs';

/**
 * What a race gave: of each contender its measurements, round by round.
 * @typedef {{ race: Race, results: ReadonlyMap<string, Measurement[]> }} Outcome
 * @typedef {{ aim: import('./aims.mjs').Aim, unit: string, value: number, met: boolean }} Verdict
 */

/**
 * Runs a race and prints its table.
 * @param {Race} race
 * @returns {Promise<Outcome>}
 */
export async function run(race) {
  /** @type {Map<string, Measurement[]>} */
  const results = new Map([...race.contenders.keys()].map((name) => [name, []]));
  for (let round = 0; round < race.rounds; round++) {
    const order = [...race.contenders];
    if (round % 2 === 1) order.reverse();
    for (const [name, measure] of order) {
      try {
        results.get(name)?.push(await measure());
      } catch (error) {
        throw new Error(`${race.name}, ${name}: ${error.message}`, { cause: error });
      }
    }
  }
  print({ race, results });
  return { race, results };
}

/** The middle of some numbers, or what so much of them is below of. */
export function quantile(numbers, part = 0.5) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const at = part * (sorted.length - 1);
  const low = sorted[Math.floor(at)] ?? NaN;
  const high = sorted[Math.ceil(at)] ?? NaN;
  return low + (high - low) * (at - Math.floor(at));
}

/**
 * The aims of a race, and whether they were met; without those whose contender was not here.
 * @param {Outcome} outcome
 * @returns {Verdict[]}
 */
export function verdicts({ race, results }) {
  return aims
    .filter((aim) => aim.race === race.name && results.has(aim.of))
    .map((aim) => {
      const metric = race.metrics.find(({ name }) => name === aim.metric);
      if (metric === undefined) throw new Error(`an aim of ${race.name} is about ${aim.metric}`);
      const value = quantile(values({ race, results }, aim.of, metric));
      const unit = race.base !== undefined && metric.against === 'ratio' ? `× ${race.base}` : metric.unit;
      return { aim, unit, value, met: aim.at === 'most' ? value <= aim.value : value >= aim.value };
    });
}

/** `≤ 1.15`, `≥ 0.9`. */
export const bound = ({ at, value }) => `${at === 'most' ? '≤' : '≥'} ${value}`;

function print(outcome) {
  const { race, results } = outcome;
  const rounds = race.rounds === 1 ? '1 round' : `${race.rounds} rounds`;
  const rows = [['', ...race.metrics.map(heading)]];
  const judged = verdicts(outcome);
  for (const name of results.keys()) {
    rows.push([name, ...race.metrics.map((metric) => cell(outcome, name, metric))]);
    const own = judged.filter(({ aim }) => aim.of === name);
    if (own.length === 0) continue;
    const verdictOn = (metric) => {
      const found = own.find(({ aim }) => aim.metric === metric.name);
      return found === undefined ? '' : `${bound(found.aim)} ${found.met ? 'met' : 'MISSED'}`;
    };
    rows.push(['  aim', ...race.metrics.map(verdictOn)]);
  }
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const lines = rows.map((row) => row.map((text, column) => text.padEnd(widths[column])).join('  '));
  process.stdout.write(`\n${race.name}: ${race.about} (${rounds})\n`);
  for (const line of lines) process.stdout.write(`  ${line.trimEnd()}\n`);
}

function heading({ name, unit, against }) {
  if (against === 'ratio') return `${name} (ratio)`;
  return against === 'difference' ? `${name} (${unit} more)` : `${name} (${unit})`;
}

/**
 * What counts of a metric, round by round.
 * @param {Outcome} outcome
 * @param {string} name of the contender
 * @param {Metric} metric
 */
export function values({ race, results }, name, { field, against }) {
  const own = results.get(name)?.map((each) => each[field]) ?? [];
  if (against === undefined || race.base === undefined) return own;
  const base = results.get(race.base)?.map((each) => each[field]) ?? [];
  return own.map((value, round) => (against === 'ratio' ? value / base[round] : value - base[round]));
}

/** Numbers as their median and quartiles; `-` if there are none. */
export function spread(numbers) {
  const all = numbers.filter((value) => Number.isFinite(value));
  if (all.length === 0) return '-';
  if (all.length === 1) return number(all[0]);
  return `${number(quantile(all))} (${number(quantile(all, 0.25))}–${number(quantile(all, 0.75))})`;
}

function cell(outcome, name, metric) {
  const { race, results } = outcome;
  const { unit, field, against } = metric;
  if (name === race.base && against !== undefined) {
    const plain = number(quantile(results.get(name).map((each) => each[field])));
    return `${against === 'ratio' ? '1' : '0'} = ${plain} ${unit}`;
  }
  return spread(values(outcome, name, metric));
}

/** With three digits or so. */
export function number(value) {
  const size = Math.abs(value);
  if (size >= 1e6) return `${(value / 1e6).toFixed(2)}M`;
  if (size >= 1e4) return `${(value / 1e3).toFixed(0)}k`;
  if (size >= 100) return value.toFixed(0);
  return size >= 10 ? value.toFixed(1) : value.toFixed(2);
}
