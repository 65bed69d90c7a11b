/** The machine that a bench runs on: what it is, and what else it does meanwhile. */
import { readFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

/** What the figures come from, in one line. */
export function machine(): string {
  const [processor] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return (
    `${cpus().length} × ${processor?.model.trim() ?? 'processor'}, ${memory} GiB, ` +
    `Linux ${release()}, Node ${process.versions.node}`
  );
}

/** Above this part of the processors, other programs show in the figures. */
const quiet = 0.05;
const looked = 300;

/** Looks between the races, when nothing of the bench's own runs, whether something else does. */
export class Company {
  #looks = 0;
  #busy = 0;
  #worst = 0;

  async look(): Promise<void> {
    const before = processorTimes();
    await sleep(looked);
    const after = processorTimes();
    const part = 1 - (after.idle - before.idle) / (after.all - before.all);
    this.#looks += 1;
    if (part > quiet) this.#busy += 1;
    this.#worst = Math.max(this.#worst, part);
  }

  /** One line for the user. */
  text(): string {
    const load = `load average ${loadavg()
      .map((each) => each.toFixed(2))
      .join(' ')}`;
    if (this.#busy === 0) return `${load}; nothing else ran between the races`;
    const most = `${Math.round(this.#worst * 100)} %`;
    return (
      `${load}; OTHER PROGRAMS RAN: before ${this.#busy} of ${this.#looks} races they used the processors, ` +
      `up to ${most}; ratios within a round may be good, times are not`
    );
  }
}

/** Since the start, in ticks: what nobody used, and everything. */
function processorTimes(): { idle: number; all: number } {
  const [first = ''] = readFileSync('/proc/stat', 'utf8').split('\n');
  const ticks = first.split(/\s+/).slice(1, 9).map(Number);
  return { idle: (ticks[3] ?? 0) + (ticks[4] ?? 0), all: ticks.reduce((sum, each) => sum + each, 0) };
}
