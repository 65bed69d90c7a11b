/** What `qmptap check --rules` does: judges rules over recordings, as they are or as they come. */
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { UsageError } from '../../errors.js';
import { escapeText } from '../../inspect/format.js';
import { RuleCheck } from '../../inspect/rules/check-rules.js';
import { mutateRules } from '../../inspect/rules/mutate.js';
import { rulePack } from '../../inspect/rules/pack.js';
import type { RuleResult } from '../../inspect/rules/cases.js';
import type { Rule } from '../../inspect/rules/rule.js';
import { parseRules, printRules } from '../../inspect/rules/rules-file.js';
import { rulesJunit, rulesSarif } from '../../inspect/rules/rules-report.js';
import {
  caseJson,
  caseText,
  mutationJson,
  mutationText,
  ruleJson,
  type RuleLine,
  rulesSummary,
  ruleText,
} from '../../inspect/rules/rules-text.js';
import { reasonOf } from '../../store/disk/files.js';
import { version } from '../../version.js';
import { openSource, type Source } from '../files/source.js';
import { cut } from '../output/cut.js';
import { jsonLine, Lines, type Style, styled, terminalWidth } from '../output/output.js';

/** How results are printed. */
export const ruleFormats = ['text', 'json', 'junit', 'sarif'] as const;
export type RuleFormat = (typeof ruleFormats)[number];

export interface CheckRulesOptions {
  /** Files of rules; `pack`: those that ship. */
  readonly rules: readonly string[];
  readonly format: RuleFormat;
  readonly mutate: boolean;
  readonly follow: boolean;
}

/** How often a live recording is looked at. */
const pollMilliseconds = 100;
/** A file of rules is far smaller; the parser says so of one that is not. */
const maxFileBytes = 4 << 20;

const styles: Readonly<Record<RuleLine['style'], Style>> = {
  true: 'green',
  false: 'red',
  open: 'yellow',
  detail: 'dim',
};

/** Prints the rules that ship, as a file of rules. */
export function listRules(): void {
  process.stdout.write(printRules(rulePack()));
}

/**
 * Judges the rules over the recordings, read as one. Gives the exit code: 3 if one of the level error or warning
 * does not hold or, with `mutate`, cannot be made to fail.
 * @throws UsageError, RecordingError
 */
export async function checkRecordingRules(
  paths: readonly string[],
  options: CheckRulesOptions,
): Promise<number> {
  const rules = readRules(options.rules);
  using source = openSource(paths, { growing: options.follow ? 'end' : undefined });
  if (options.mutate) return mutate(source, rules, options.format);
  const results = await judge(source, rules, options);
  print(source, results, options.format);
  const failed = results.some(({ verdict, rule }) => verdict === 'false' && rule.level !== 'note');
  return failed ? 3 : source.exitCode;
}

function readRules(files: readonly string[]): readonly Rule[] {
  const rules = files.flatMap((file) =>
    file === 'pack' ? rulePack() : parseRules(readText(file), escapeText(file)),
  );
  const names = new Set<string>();
  for (const { name } of rules) {
    if (names.has(name))
      throw new UsageError({
        subject: '--rules',
        reason: `two rules are called '${name}'`,
        remedy: 'rename one',
      });
    names.add(name);
  }
  return rules;
}

function readText(file: string): string {
  let descriptor;
  try {
    descriptor = openSync(file, 'r');
    if (fstatSync(descriptor).size > maxFileBytes)
      throw new UsageError({ subject: file, reason: 'too large for a file of rules' });
    return readFileSync(descriptor, 'utf8');
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError({ subject: file, reason: `cannot be read: ${reasonOf(error)}` }, { cause: error });
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

async function judge(
  { reader }: Source,
  rules: readonly Rule[],
  { follow, format }: CheckRulesOptions,
): Promise<readonly RuleResult[]> {
  const check = new RuleCheck(reader, rules);
  let after = 0;
  for (;;) {
    const last = !follow || !reader.info.live;
    for (const message of reader.messages({ after })) {
      after = message.index;
      check.take(message);
    }
    if (follow) {
      if (!last) check.passed(Date.now() * 1000);
      tellFresh(check, format);
    }
    if (last) return check.results(reader.info.live ? Date.now() * 1000 : undefined);
    await pause(pollMilliseconds);
  }
}

/** Cases that fail are told when they do. */
function tellFresh(check: RuleCheck, format: RuleFormat): void {
  const lines = new Lines();
  for (const { rule, found } of check.fresh()) {
    if (format === 'json') lines.write(jsonLine(caseJson(rule, found)));
    else if (format === 'text')
      lines.write(`${styled('red', 'false')}  ${rule.name}  ${caseText(rule, found)}\n`);
  }
  lines.flush();
}

function print({ reader }: Source, results: readonly RuleResult[], format: RuleFormat): void {
  const sessions = new Map(reader.sessions().map((session) => [session.id, session.origin?.file]));
  const { path } = reader.info;
  const origin = { source: path, fileOf: (id: number) => sessions.get(id) ?? path, version };
  const lines = new Lines();
  if (format === 'junit') lines.write(rulesJunit(results, origin));
  else if (format === 'sarif') lines.write(rulesSarif(results, origin));
  else if (format === 'json') {
    for (const result of results) {
      lines.write(jsonLine(ruleJson(result)));
      for (const one of result.cases) lines.write(jsonLine(caseJson(result.rule, one)));
    }
  } else {
    for (const result of results) for (const line of ruleText(result)) lines.write(lineOf(line));
    lines.write(`${escapeText(path)}: ${rulesSummary(results)}\n`);
  }
  lines.flush();
}

function mutate({ reader, exitCode }: Source, rules: readonly Rule[], format: RuleFormat): number {
  const lines = new Lines();
  const mutations = mutateRules(reader, rules);
  for (const mutation of mutations)
    lines.write(format === 'json' ? jsonLine(mutationJson(mutation)) : lineOf(mutationText(mutation)));
  const shown = mutations.filter(({ kind }) => kind !== undefined).length;
  if (format === 'text')
    lines.write(`${escapeText(reader.info.path)}: ${shown} of ${mutations.length} rules can fail\n`);
  lines.flush();
  return shown < mutations.length ? 3 : exitCode;
}

function lineOf({ style, text }: RuleLine): string {
  return `${styled(styles[style], cut(text, terminalWidth()))}\n`;
}
