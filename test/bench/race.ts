/**
 * A race: contenders that do the same work, in turns within each round and in reverse order every other
 * round, so that what else the machine does hits all of them alike. Only ratios within a round mean
 * anything. Prints medians with their quartiles, and the aims.
 */
import { type Aim, aims } from './aims.js';

export interface Metric {
  readonly name: string;
  readonly unit: string;
  /** Of the measurement. */
  readonly field: string;
  /** What is printed of it, besides the base's own value; without it the value itself. */
  readonly against?: 'ratio' | 'difference';
}

export type Measurement = Readonly<Record<string, number>>;

export interface Race {
  readonly name: string;
  readonly about: string;
  readonly rounds: number;
  /** The contender to whom the others are compared. */
  readonly base?: string;
  readonly metrics: readonly Metric[];
  readonly contenders: ReadonlyMap<string, () => Measurement | Promise<Measurement>>;
  /** Why it cannot be run here. */
  readonly missing?: string | undefined;
}

/** What a race gave: of each contender its measurements, round by round. */
export interface Outcome {
  readonly race: Race;
  readonly results: ReadonlyMap<string, readonly Measurement[]>;
}

export interface Verdict {
  readonly aim: Aim;
  readonly unit: string;
  readonly value: number;
  readonly met: boolean;
}

/** Runs a race and prints its table. */
export async function run(race: Race): Promise<Outcome> {
  const results = new Map([...race.contenders.keys()].map((name) => [name, [] as Measurement[]]));
  for (let round = 0; round < race.rounds; round++) {
    const order = [...race.contenders];
    if (round % 2 === 1) order.reverse();
    for (const [name, measure] of order) {
      try {
        results.get(name)?.push(await measure());
      } catch (error) {
        throw new Error(`${race.name}, ${name}: ${(error as Error).message}`, { cause: error });
      }
    }
  }
  print({ race, results });
  return { race, results };
}

/** The middle of some numbers, or what so much of them is below of. */
export function quantile(numbers: readonly number[], part = 0.5): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const at = part * (sorted.length - 1);
  const low = sorted[Math.floor(at)] ?? NaN;
  const high = sorted[Math.ceil(at)] ?? NaN;
  return low + (high - low) * (at - Math.floor(at));
}

/** The aims of a race, and whether they were met; without those whose contender was not here. */
export function verdicts({ race, results }: Outcome): Verdict[] {
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
export const bound = ({ at, value }: Aim): string => `${at === 'most' ? '≤' : '≥'} ${value}`;

function print(outcome: Outcome): void {
  const { race, results } = outcome;
  const rounds = race.rounds === 1 ? '1 round' : `${race.rounds} rounds`;
  const rows = [['', ...race.metrics.map(heading)]];
  const judged = verdicts(outcome);
  for (const name of results.keys()) {
    rows.push([name, ...race.metrics.map((metric) => cell(outcome, name, metric))]);
    const own = judged.filter(({ aim }) => aim.of === name);
    if (own.length === 0) continue;
    const verdictOn = (metric: Metric): string => {
      const found = own.find(({ aim }) => aim.metric === metric.name);
      return found === undefined ? '' : `${bound(found.aim)} ${found.met ? 'met' : 'MISSED'}`;
    };
    rows.push(['  aim', ...race.metrics.map(verdictOn)]);
  }
  const widths = columnWidths(rows);
  const lines = rows.map((row) => row.map((text, column) => text.padEnd(widths[column] ?? 0)).join('  '));
  process.stdout.write(`\n${race.name}: ${race.about} (${rounds})\n`);
  for (const line of lines) process.stdout.write(`  ${line.trimEnd()}\n`);
}

/** How wide each column has to be. */
export function columnWidths(rows: readonly (readonly string[])[]): number[] {
  return (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
}

function heading({ name, unit, against }: Metric): string {
  if (against === 'ratio') return `${name} (ratio)`;
  return against === 'difference' ? `${name} (${unit} more)` : `${name} (${unit})`;
}

/** What counts of a metric of a contender, round by round. */
export function values({ race, results }: Outcome, name: string, { field, against }: Metric): number[] {
  const own = fieldOf(results.get(name), field);
  if (against === undefined || race.base === undefined) return own;
  const base = fieldOf(results.get(race.base), field);
  return own.map((value, round) => {
    const other = base[round] ?? NaN;
    return against === 'ratio' ? value / other : value - other;
  });
}

function fieldOf(measurements: readonly Measurement[] = [], field: string): number[] {
  return measurements.map((each) => each[field] ?? NaN);
}

/** Numbers as their median and quartiles; `-` if there are none. */
export function spread(numbers: readonly number[]): string {
  const all = numbers.filter((value) => Number.isFinite(value));
  const [first] = all;
  if (first === undefined) return '-';
  if (all.length === 1) return number(first);
  return `${number(quantile(all))} (${number(quantile(all, 0.25))}–${number(quantile(all, 0.75))})`;
}

function cell(outcome: Outcome, name: string, metric: Metric): string {
  const { race, results } = outcome;
  const { unit, field, against } = metric;
  if (name === race.base && against !== undefined) {
    const plain = number(quantile(fieldOf(results.get(name), field)));
    return `${against === 'ratio' ? '1' : '0'} = ${plain} ${unit}`;
  }
  return spread(values(outcome, name, metric));
}

/** With three digits or so. */
export function number(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e6) return `${(value / 1e6).toFixed(2)}M`;
  if (size >= 1e4) return `${(value / 1e3).toFixed(0)}k`;
  if (size >= 100) return value.toFixed(0);
  return size >= 10 ? value.toFixed(1) : value.toFixed(2);
}
