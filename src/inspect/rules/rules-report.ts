/** What became of rules, for programs that show test results: JUnit's XML and SARIF. */
import { escapeText, formatSeconds } from '../format.js';
import type { RuleCase, RuleResult } from './cases.js';
import { caseText, caseTitle } from './rules-text.js';

/** What a report says of its origin. */
export interface ReportOrigin {
  /** The recordings, as they were named. */
  readonly source: string;
  /** The file that a session is in. */
  readonly fileOf: (session: number) => string;
  /** Our own version. */
  readonly version: string;
}

/** JUnit's XML: a test for each rule; one that is open is skipped. */
export function rulesJunit(results: readonly RuleResult[], { source }: ReportOrigin): string {
  const count = (verdict: RuleResult['verdict']): number =>
    results.filter((one) => one.verdict === verdict).length;
  const tests = results.map((result) => {
    const { rule, verdict, cases } = result;
    const open = `    <testcase name="${xml(rule.name)}" classname="qmptap">`;
    if (verdict === 'true') return `${open}</testcase>\n`;
    const [first] = cases;
    const message = first === undefined ? rule.text : caseTitle(rule, first);
    const lines = [rule.text, ...cases.map((one) => caseText(rule, one))].join('\n');
    const body =
      verdict === 'open'
        ? `<skipped message="${xml(message)}"/>`
        : `<failure type="${rule.level}" message="${xml(message)}">${lines.split('\n').map(xml).join('\n')}</failure>`;
    return `${open}\n      ${body}\n    </testcase>\n`;
  });
  const counts = `tests="${results.length}" failures="${count('false')}" skipped="${count('open')}" errors="0"`;
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites ${counts}>
  <testsuite name="${xml(source)}" ${counts}>
${tests.join('')}  </testsuite>
</testsuites>
`;
}

/** SARIF 2.1.0: a result for each case that failed. */
export function rulesSarif(results: readonly RuleResult[], origin: ReportOrigin): string {
  const rules = results.map(({ rule }) => ({
    id: rule.name,
    shortDescription: { text: rule.title ?? rule.text },
    fullDescription: { text: rule.cause ?? rule.text },
    defaultConfiguration: { level: rule.level },
    properties: { rule: rule.text },
  }));
  const found = results.flatMap(({ rule, cases }, ruleIndex) =>
    cases
      .filter(({ outcome }) => outcome !== 'open')
      .map((one) => ({
        ruleId: rule.name,
        ruleIndex,
        level: rule.level,
        message: { text: escapeText(caseTitle(rule, one)) },
        locations: [location(one, origin)],
      })),
  );
  const driver = { name: 'qmptap', version: origin.version, rules };
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{ tool: { driver }, results: found }],
  };
  return `${JSON.stringify(log, undefined, 2)}\n`;
}

function location({ at }: RuleCase, { source, fileOf }: ReportOrigin): object {
  const uri = encodeURI(at === undefined ? source : fileOf(at.session));
  const physicalLocation = { artifactLocation: { uri } };
  if (at === undefined) return { physicalLocation };
  const name = `session ${at.session} message ${at.seq}`;
  const time = at.untimed === true ? undefined : formatSeconds(at.t);
  return {
    physicalLocation,
    logicalLocations: [{ name, kind: 'message' }],
    ...(time === undefined ? {} : { properties: { session: at.session, seq: at.seq, t: Number(time) } }),
  };
}

/** Text in XML: what is a control character is escaped before, for XML cannot hold it at all. */
function xml(text: string): string {
  return escapeText(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
