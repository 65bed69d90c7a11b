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
 * Runs a race and prints its table; gives how many aims were met and missed.
 * @param {Race} race
 * @returns {Promise<{ met: number, missed: number }>}
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
  return print(race, results);
}

/** The middle of some numbers, or what so much of them is below of. */
export function quantile(numbers, part = 0.5) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const at = part * (sorted.length - 1);
  const low = sorted[Math.floor(at)] ?? NaN;
  const high = sorted[Math.ceil(at)] ?? NaN;
  return low + (high - low) * (at - Math.floor(at));
}

function print(race, results) {
  const rounds = race.rounds === 1 ? '1 round' : `${race.rounds} rounds`;
  const rows = [['', ...race.metrics.map(heading)]];
  const score = { met: 0, missed: 0 };
  for (const name of results.keys()) {
    rows.push([name, ...race.metrics.map((metric) => cell(race, results, name, metric))]);
    const verdicts = race.metrics.map((metric) => verdict(race, results, name, metric));
    if (verdicts.every((each) => each === '')) continue;
    rows.push(['  aim', ...verdicts]);
    score.met += verdicts.filter((each) => each.endsWith(' met')).length;
    score.missed += verdicts.filter((each) => each.endsWith(' missed')).length;
  }
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const lines = rows.map((row) => row.map((text, column) => text.padEnd(widths[column])).join('  '));
  process.stdout.write(`\n${race.name}: ${race.about} (${rounds})\n`);
  for (const line of lines) process.stdout.write(`  ${line.trimEnd()}\n`);
  return score;
}

function heading({ name, unit, against }) {
  if (against === 'ratio') return `${name} (ratio)`;
  return against === 'difference' ? `${name} (${unit} more)` : `${name} (${unit})`;
}

/** What counts of a metric, round by round. */
function values(race, results, name, { field, against }) {
  const own = results.get(name).map((each) => each[field]);
  if (against === undefined || race.base === undefined) return own;
  const base = results.get(race.base).map((each) => each[field]);
  return own.map((value, round) => (against === 'ratio' ? value / base[round] : value - base[round]));
}

function cell(race, results, name, metric) {
  const { unit, field, against } = metric;
  if (name === race.base && against !== undefined) {
    const plain = number(quantile(results.get(name).map((each) => each[field])));
    return `${against === 'ratio' ? '1' : '0'} = ${plain} ${unit}`;
  }
  const all = values(race, results, name, metric).filter((value) => Number.isFinite(value));
  if (all.length === 0) return '-';
  if (all.length === 1) return number(all[0]);
  return `${number(quantile(all))} (${number(quantile(all, 0.25))}–${number(quantile(all, 0.75))})`;
}

function verdict(race, results, name, metric) {
  const aim = aims.find((each) => each.race === race.name && each.of === name && each.metric === metric.name);
  if (aim === undefined) return '';
  const value = quantile(values(race, results, name, metric));
  const met = aim.at === 'most' ? value <= aim.value : value >= aim.value;
  return `${aim.at === 'most' ? '≤' : '≥'} ${aim.value} ${met ? 'met' : 'missed'}`;
}

function number(value) {
  const size = Math.abs(value);
  if (size >= 1e6) return `${(value / 1e6).toFixed(2)}M`;
  if (size >= 1e4) return `${(value / 1e3).toFixed(0)}k`;
  if (size >= 100) return value.toFixed(0);
  return size >= 10 ? value.toFixed(1) : value.toFixed(2);
}
