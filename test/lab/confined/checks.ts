/** Checks in a guest, one after the other: a line for each, with the reason if it fails. */
import type { Machine } from './machine.js';

/** What a check says about a guest that should be so; anything else that it throws is a mistake of the lab's. */
export class Failed extends Error {}

export interface Check {
  readonly name: string;
  /** Gives what was seen, in a few words. @throws Failed */
  readonly run: (guest: Machine) => Promise<string>;
}

/** Runs all, whatever fails before; says a line for each. Gives how many failed. */
export async function runChecks(guest: Machine, checks: readonly Check[]): Promise<number> {
  let failed = 0;
  for (const { name, run } of checks) {
    const begun = performance.now();
    const took = (): string => `${String(Math.round((performance.now() - begun) / 1000))} s`;
    try {
      const seen = await run(guest);
      process.stdout.write(`PASS  ${name} (${took()})${seen === '' ? '' : `: ${seen}`}\n`);
    } catch (error) {
      if (!(error instanceof Failed)) throw error;
      failed += 1;
      process.stdout.write(`FAIL  ${name} (${took()}): ${error.message}\n`);
    }
  }
  return failed;
}

/** Runs a script that must succeed; its output. @throws Failed */
export async function succeeds(guest: Machine, script: string): Promise<string> {
  const { code, output } = await guest.run(script);
  if (code !== 0) throw new Failed(`\`${script}\` ended with ${String(code)}: ${output.trim().slice(-1500)}`);
  return output.trim();
}

/** @throws Failed */
export function expectThat(condition: boolean, otherwise: string): asserts condition {
  if (!condition) throw new Failed(otherwise);
}

/** Waits in the guest until a condition of the shell holds. @throws Failed */
export async function eventually(guest: Machine, condition: string, seconds = 120): Promise<void> {
  const { code } = await guest.run(
    `for i in $(seq ${String(seconds * 5)}); do { ${condition}; } > /dev/null 2>&1 && exit 0; sleep 0.2; done; exit 1`,
  );
  if (code !== 0) throw new Failed(`not within ${String(seconds)} s: ${condition}`);
}
