/** Values of flags that several commands take: lists, and numbers that begin at 1. */
import { UsageError } from '../../errors.js';

/** Collects a flag that may be given several times. */
export function collect(text: string, before: readonly string[] = []): string[] {
  return [...before, text];
}

/** The value of `--session`. @throws UsageError */
export function sessionNumber(text: string): number {
  return numberFromOne('--session', text, '`qmptap ls FILE` lists the sessions');
}

/** @throws UsageError for what is not a whole number from 1; `remedy` says where such numbers are found */
export function numberFromOne(flag: string, text: string, remedy: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new UsageError({ subject: `${flag} ${text}`, reason: 'not a number from 1', remedy });
}

/** The error for two flags of which only one can be given. */
export function contradiction(a: string, b: string): UsageError {
  return new UsageError({
    subject: `${a} and ${b}`,
    reason: 'they contradict each other',
    remedy: 'give one',
  });
}

/** The error for `--exec` without a command, or a command without it. */
export function execWithoutCommand(subject: string, example: string): UsageError {
  return new UsageError({
    subject,
    reason: '--exec and the command go together',
    remedy: `write --exec -- ${example}, for example`,
  });
}
