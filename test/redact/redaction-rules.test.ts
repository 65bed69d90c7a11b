import { describe, expect, test } from 'vitest';
import { parsePath } from '../../src/json/path.js';
import { lookedFor, type RedactionRule, redactionRules } from '../../src/redact/redaction-rules.js';
import { Redactor } from '../../src/redact/redactor.js';
import { recorded, type Script } from '../support/recorded.js';

const canary = 'Canary-3f9a1c';

/** A value in the members and arrays that lead to it: `a.b[*].c`. */
function at(path: string, value: unknown): object {
  const built = parsePath(path).reduceRight<unknown>(
    (inner, step) => (step.kind === 'member' ? { [step.name]: inner } : [inner]),
    value,
  );
  return built as object;
}

/** One object of two. */
function merged(one: object, other: object): object {
  const all = { ...one, ...other };
  for (const [key, value] of Object.entries(one)) {
    const also = (other as Record<string, unknown>)[key];
    if (also !== undefined) Object.assign(all, { [key]: merged(value as object, also as object) });
  }
  return all;
}

/** The shortest traffic of which the rule says that there is a secret in it. */
function example({ in: kind, of, path, form, when, properties }: RedactionRule): Script {
  const name = of.replace('*', 'get');
  const value = form === 'base64' ? btoa(canary) : canary;
  const secret = at(path, properties ? [{ properties: [{ name: 'data', value }] }] : value);
  const condition = when === undefined ? {} : at(when.path, when.is[0]);
  const command = (more: object): string => `-> ${JSON.stringify({ execute: name, ...more, id: 1 })}`;
  return kind === 'command'
    ? [command(merged(condition, secret))]
    : [command(condition), `<- ${JSON.stringify({ ...secret, id: 1 })}`];
}

function redacted(script: Script): { text: string; removed: string[] } {
  const recording = recorded(script);
  const redactor = new Redactor();
  const text = Array.from(recording.messages(), (message) =>
    new TextDecoder().decode(redactor.message(message).raw),
  ).join('');
  return { text, removed: redactor.removed().map(({ what }) => what) };
}

const named = redactionRules.map((rule) => [`${rule.in} ${rule.of} ${rule.path}`, rule] as const);

/** Those with a condition and no rule for the same place without one. */
const conditional = named.filter(
  ([, rule]) =>
    rule.when !== undefined &&
    !redactionRules.some(({ of, path, when }) => of === rule.of && path === rule.path && when === undefined),
);

describe('each rule', () => {
  test.each(named)('takes out what it names: %s', (_name, rule) => {
    const script = example(rule);
    expect(script.join()).toContain(rule.form === 'base64' ? btoa(canary) : canary);
    const { text, removed } = redacted(script);
    expect(text).not.toContain(canary);
    expect(text).not.toContain(btoa(canary));
    expect(text).toContain(rule.form === 'base64' ? btoa('[redacted:1]') : '[redacted:1]');
    expect(removed).toEqual([rule.what]);
  });

  test.each(conditional)('leaves what does not meet its condition: %s', (_name, rule) => {
    const { text } = redacted(example({ ...rule, form: 'text', when: { path: rule.when!.path, is: ['x'] } }));
    expect(text).toContain(canary);
  });

  test('is told of in a report', () => {
    const report = lookedFor();
    for (const { what } of redactionRules) expect(report).toContain(what);
    expect(new Set(report).size).toBe(report.length);
  });
});
