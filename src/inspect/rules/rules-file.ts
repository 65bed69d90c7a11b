/** Reads a file of rules, YAML or JSON, and prints rules as such a file. */
import { UsageError } from '../../errors.js';
import { suggestion } from '../../text/closest.js';
import { parseYaml, type Placed, placedError, type PlacedMember } from '../../text/yaml.js';
import { parseDemand } from './parse-rule.js';
import { type Level, levels, type Rule } from './rule.js';

const keys = ['name', 'rule', 'level', 'title', 'cause'] as const;
type Key = (typeof keys)[number];

/** Each is judged for each message. */
const maxRules = 200;

/**
 * The rules of a file; `subject` is what errors call it.
 * @example
 * parseRules('rules: [{ name: answered, rule: "each cmd:* then response within 5s" }]', 'rules.yaml');
 * @throws UsageError with line and column
 */
export function parseRules(text: string, subject: string): readonly Rule[] {
  return new RulesReader(subject).read(parseYaml(text, subject));
}

/** Rules as a file of them, which `parseRules` reads. */
export function printRules(rules: readonly Rule[]): string {
  const printed = rules.map(({ name, text, level, title, cause }) => {
    const members = { name, rule: text, level, title, cause };
    const lines = Object.entries(members).flatMap(([key, value]) =>
      value === undefined ? [] : [`${key}: ${JSON.stringify(value)}`],
    );
    return `  - ${lines.join('\n    ')}\n`;
  });
  return `rules:\n${printed.join('\n')}`;
}

class RulesReader {
  readonly #subject: string;
  readonly #names = new Set<string>();

  constructor(subject: string) {
    this.#subject = subject;
  }

  read(file: Placed): readonly Rule[] {
    const members = this.#object(file, ['rules'], 'a file of rules');
    const list = members.get('rules');
    if (list === undefined) return this.#fail(file, "'rules' is missing", 'write rules: [...]');
    if (!Array.isArray(list.value)) return this.#fail(list, "'rules' is no list");
    const items = list.value as readonly Placed[];
    if (items.length === 0) return this.#fail(list, 'there are no rules in it');
    if (items.length > maxRules) return this.#fail(list, `more than ${maxRules} rules`);
    return items.map((item) => this.#rule(item));
  }

  #rule(item: Placed): Rule {
    const members = this.#object(item, keys, 'a rule');
    const text = (key: Key): string | undefined => this.#text(members, key);
    const name = text('name') ?? this.#fail(item, "a rule's 'name' is missing");
    const at = members.get('name') ?? item;
    if (!/^[\w.-]{1,80}$/.test(name))
      this.#fail(at, `'${name}' is no name`, 'use letters, digits, dots, - and _');
    if (this.#names.has(name)) this.#fail(at, `a second rule is called '${name}'`);
    this.#names.add(name);
    const rule = members.get('rule');
    const written = text('rule');
    if (rule === undefined || written === undefined)
      return this.#fail(item, `'rule' of '${name}' is missing`);
    const [title, cause] = [text('title'), text('cause')];
    return {
      name,
      text: written,
      demand: this.#demand(rule, written),
      level: this.#level(members),
      title,
      cause,
    };
  }

  #demand(at: Placed, written: string): Rule['demand'] {
    try {
      return parseDemand(written);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      const column = at.textColumn === undefined ? at.column : at.textColumn + (error.column ?? 0);
      const options = { cause: error, text: written, column: error.column ?? 0 };
      const { reason, remedy } = error;
      throw new UsageError({ subject: `${this.#subject}:${at.line}:${column}`, reason, remedy }, options);
    }
  }

  #level(members: ReadonlyMap<string, PlacedMember>): Level {
    const said = this.#text(members, 'level') ?? 'error';
    const level = levels.find((one) => one === said);
    const at = members.get('level');
    return (
      level ?? this.#fail(at ?? { line: 1, column: 1 }, `'${said}' is no level`, `it is ${levels.join(', ')}`)
    );
  }

  #text(members: ReadonlyMap<string, PlacedMember>, key: Key): string | undefined {
    const member = members.get(key);
    if (member === undefined) return undefined;
    if (typeof member.value !== 'string') return this.#fail(member, `'${key}' is no text`);
    return member.value;
  }

  #object(at: Placed, known: readonly string[], what: string): ReadonlyMap<string, PlacedMember> {
    if (!(at.value instanceof Map)) return this.#fail(at, `${what} is an object with ${known.join(', ')}`);
    const members = at.value as ReadonlyMap<string, PlacedMember>;
    for (const [key, { key: place }] of members) {
      if (known.includes(key)) continue;
      this.#fail(place, `${what} has no '${key}'`, suggestion(key, known) ?? `it has ${known.join(', ')}`);
    }
    return members;
  }

  #fail(at: { readonly line: number; readonly column: number }, reason: string, remedy?: string): never {
    throw placedError(this.#subject, at, reason, remedy);
  }
}
