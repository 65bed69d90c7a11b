/** Prints what the doctor has found. */
import { escapeText } from '../../inspect/format.js';
import { examine } from '../../launch/doctor/doctor.js';
import type { Finding } from '../../launch/doctor/finding.js';
import { styled } from '../output/output.js';

const words = { good: 'ok', bad: 'BAD', unknown: '?' } as const;
const styles = { good: 'green', bad: 'red', unknown: 'yellow' } as const;

/** Gives the exit code: 1 if something is in the way. @throws UsageError if there is nothing to look at */
export function doctorCommand(subject: string, connect: string | undefined): number {
  const findings = examine({ subject, connect });
  for (const finding of findings) process.stdout.write(`${linesOf(finding).join('\n')}\n`);
  return findings.some(({ state }) => state === 'bad') ? 1 : 0;
}

function linesOf({ state, what, remedy }: Finding): string[] {
  const head = `${styled(styles[state], words[state].padEnd(4))} ${escapeText(what)}`;
  return remedy === undefined
    ? [head]
    : [head, ...remedy.split('\n').map((line) => `     ${escapeText(line)}`)];
}
