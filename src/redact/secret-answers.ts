/**
 * Commands whose whole response is a secret: those that read one, and malformed ones, which QEMU quotes in its
 * error.
 */
import { parseJson } from '../json/parse.js';
import { parsePath, valueAt } from '../json/path.js';
import { isObject, type JsonValue } from '../json/value.js';
import { compileGlob } from '../text/glob.js';
import { hasSecretAnswer } from './find/hmp.js';
import type { NewMessage } from '../recording/ports.js';
import { type RedactionRule, redactionRules } from './redaction-rules.js';
import type { TokenForm } from './redaction-token.js';

/** Why the response to a command is a secret. */
export interface SecretAnswer {
  readonly what: string;
  readonly form: TokenForm;
}

/** Responses waited for at a time; bounds memory against a client that only sends. */
const maximumAwaited = 100_000;

/** Where the line of a `human-monitor-command` stands. */
export const commandLinePath = parsePath('arguments.command-line');

/** Rules about answers that depend on what was asked. */
const answerRules = redactionRules
  .filter((rule) => rule.in === 'response' && rule.when)
  .map((rule) => ({ rule, fits: compileGlob(rule.of) }));

export class SecretAnswers {
  /** By session and seq of the command. */
  readonly #awaited = new Map<string, SecretAnswer>();

  /** Remembers whether the response to this command will be a secret. */
  ask({ session, seq, name, raw }: Pick<NewMessage, 'session' | 'seq' | 'name' | 'raw'>): void {
    if (name === undefined) return;
    const rules = answerRules.filter(({ fits }) => fits(name));
    if (rules.length === 0 && name !== 'human-monitor-command') return;
    const command = parsedObject(raw);
    const rule = rules.find((one) => appliesTo(one.rule, command))?.rule;
    const line = command === undefined ? undefined : valueAt(command, commandLinePath);
    if (rule !== undefined) {
      this.expect(session, seq, { what: rule.what, form: rule.form ?? 'text' });
    } else if (typeof line === 'string' && hasSecretAnswer(line)) {
      this.expect(session, seq, { what: 'the answer to a monitor command', form: 'text' });
    }
  }

  /** The response to this message is a secret, whatever it says. */
  expect(session: number, seq: number, answer: SecretAnswer): void {
    if (this.#awaited.size < maximumAwaited) this.#awaited.set(`${session} ${seq}`, answer);
  }

  /** Why this response is a secret; undefined if it is none. */
  of({ session, replyTo, late }: Pick<NewMessage, 'session' | 'replyTo' | 'late'>): SecretAnswer | undefined {
    const command = late ?? { session, seq: replyTo ?? 0 };
    return this.#awaited.get(`${command.session} ${command.seq}`);
  }
}

/** Whether a rule's condition holds for a command. */
export function appliesTo({ when }: RedactionRule, command: JsonValue | undefined): boolean {
  if (when === undefined) return true;
  const found = command === undefined ? undefined : valueAt(command, parsePath(when.path));
  return typeof found === 'string' && when.is.includes(found);
}

/** The frame as an object, if it is one. */
export function parsedObject(raw: Uint8Array): JsonValue | undefined {
  try {
    const value = parseJson(raw, { nonFinite: true });
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
