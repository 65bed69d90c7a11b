/**
 * Removes the secrets that a message itself shows to be secrets: by the protocol's rules, by name, by the user's
 * rules, or by the command that it answers.
 */
import { scanValues } from '../json/extents.js';
import { matchPath, parsePath, type Path, type Step } from '../json/path.js';
import { printQmp } from '../json/print.js';
import type { NewMessage } from '../recording/ports.js';
import { compileGlob } from '../text/glob.js';
import { compileTextSearch } from '../text/text-search.js';
import { type Edit, edited, isMessageName } from './edits.js';
import { replaceParts } from './find/found-secret.js';
import { hmpParts } from './find/hmp.js';
import { JsonSecrets } from './find/json-secrets.js';
import { hideInText } from './find/nested-text.js';
import { secretWords } from './find/secret-names.js';
import { escapeMark } from './known/spelling.js';
import { type RedactionRule, redactionRules } from './redaction-rules.js';
import type { Removals, MessageValue } from './removals.js';
import {
  appliesTo,
  commandLinePath,
  parsedObject,
  type SecretAnswer,
  type SecretAnswers,
} from './secret-answers.js';
import type { UserRules } from './user-rules.js';

/** What is asked of a message. */
export type Redactable = Pick<
  NewMessage,
  'session' | 'seq' | 'dir' | 'kind' | 'name' | 'command' | 'replyTo' | 'late' | 'raw'
>;

interface Compiled {
  readonly rule: RedactionRule;
  readonly path: Path;
  readonly fits: (name: string) => boolean;
}

/** Why values of one message may be secrets. */
interface Reasons {
  readonly rules: readonly Compiled[];
  readonly awaited: SecretAnswer | undefined;
  /** Undefined: nothing in the message names a secret. */
  readonly named: JsonSecrets | undefined;
  readonly isHmp: boolean;
}

const deep: Path = [{ kind: 'deep' }];

const compiled: readonly Compiled[] = redactionRules.map((rule) => ({
  rule,
  path: [...parsePath(rule.path), ...deep],
  fits: compileGlob(rule.of),
}));

/** Bytes without any of these name no secret. */
const hints = [...secretWords, escapeMark].map(compileTextSearch);

/** Names of commands and events are wire text, so what is kept of them is bounded. */
const maximumNames = 4096;

export class DeclaredSecrets {
  readonly #user: UserRules;
  readonly #answers: SecretAnswers;
  readonly #removals: Removals;
  readonly #byName = new Map<string, readonly Compiled[]>();

  constructor(user: UserRules, answers: SecretAnswers, removals: Removals) {
    this.#user = user;
    this.#answers = answers;
    this.#removals = removals;
  }

  /** What removes the message's secrets; undefined if it can have none. Call it once for every message. */
  redactionOf(message: Redactable): ((raw: Uint8Array) => Uint8Array) | undefined {
    const { raw, kind, name } = message;
    if (kind === 'command') this.#answers.ask(message);
    const awaited = kind === 'success' || kind === 'error' ? this.#answers.of(message) : undefined;
    const rules = this.#rulesFor(message);
    const isHmp = kind === 'command' && name === 'human-monitor-command';
    const properties = rules.some(({ rule }) => rule.properties);
    const isNamed = properties || hints.some((found) => found(raw));
    if (!isNamed && !isHmp && rules.length === 0 && awaited === undefined && !this.#user.any)
      return undefined;
    return (json) => {
      const whole = rules.some(({ rule }) => rule.when) ? parsedObject(json) : undefined;
      return this.#bytes(json, {
        rules: rules.filter(({ rule }) => !rule.properties && appliesTo(rule, whole)),
        awaited,
        named: isNamed ? new JsonSecrets(json, properties) : undefined,
        isHmp,
      });
    };
  }

  #bytes(raw: Uint8Array, reasons: Reasons): Uint8Array {
    const edits: Edit[] = [];
    scanValues(raw, (steps, { start, end, text }) => {
      const spelled = (): string => String.fromCharCode(...raw.subarray(start, Math.min(end, start + 64)));
      const replaced = this.#replace({ text, spelled }, steps, reasons);
      if (replaced !== undefined) edits.push({ start, end, text: replaced });
    });
    return edited(raw, edits);
  }

  /** JSON text for a value, or undefined to leave it. */
  #replace(value: MessageValue, steps: readonly Step[], reasons: Reasons): string | undefined {
    const { rules, awaited, named } = reasons;
    if (isMessageName(steps)) return undefined; // no rule is about it
    const byName = named?.what(steps, value.text);
    const rule = rules.find(({ path }) => matchPath(path, steps))?.rule;
    // The command may have asked for base64.
    if (rule !== undefined) return this.#removals.value(value, { ...rule, form: rule.form ?? awaited?.form });
    if (awaited !== undefined && (steps[0] === 'return' || steps.at(-1) === 'desc')) {
      return this.#removals.value(value, { ...awaited, local: true });
    }
    // `"password": true` only says that there is one.
    const isSwitch = value.text === undefined && !/^-?\d/.test(value.spelled());
    if (byName !== undefined) return isSwitch ? undefined : this.#removals.value(value, { what: byName });
    const wanted = this.#user.find(steps, value.text);
    if (wanted !== undefined) return this.#removals.value(value, { what: wanted });
    return value.text === undefined ? undefined : this.#replaceParts(value.text, steps, reasons);
  }

  #replaceParts(text: string, steps: readonly Step[], { isHmp, named }: Reasons): string | undefined {
    const { hide } = this.#removals;
    let safe = text;
    if (isHmp && matchPath(commandLinePath, steps)) safe = replaceParts(safe, hmpParts(safe), hide);
    if (named !== undefined) safe = hideInText(safe, hide);
    return safe === text ? undefined : printQmp(safe);
  }

  #rulesFor({ kind, name, command }: Redactable): readonly Compiled[] {
    const place = kind === 'command' || kind === 'event' ? kind : 'response';
    const of = (place === 'response' ? command : name) ?? '';
    const key = `${place} ${of}`;
    let rules = this.#byName.get(key);
    if (rules === undefined) {
      rules = compiled.filter(({ rule, fits }) => rule.in === place && fits(of));
      if (this.#byName.size < maximumNames) this.#byName.set(key, rules);
    }
    return rules;
  }
}
