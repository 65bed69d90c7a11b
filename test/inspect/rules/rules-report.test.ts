import { expect, test } from 'vitest';
import { checkRules } from '../../../src/inspect/rules/check-rules.js';
import { rulesJunit, rulesSarif } from '../../../src/inspect/rules/rules-report.js';
import { exchange } from '../../support/conversation.js';
import { event } from '../stories/told.js';
import { ruleOf, talk } from './judged.js';

const rules = [
  ruleOf('never event:A(x=$x)', { name: 'no-a', level: 'warning', title: 'an A: <$x>' }),
  ruleOf('sometimes cmd:x', { name: 'some-x' }),
  ruleOf('each event:A then event:B', { name: 'open-b' }),
  ruleOf('sometimes event:Z', { name: 'no-z' }),
];
const results = checkRules(talk(event('A', { x: 'v"\u0001&' }), exchange('x')), rules);
const origin = { source: 'a b.qmptap', fileOf: (id: number) => `s${id}.qmptap`, version: '1.2.3' };

test('JUnit: a test for each rule; open is skipped; nothing in a message is markup', () => {
  const text = rulesJunit(results, origin);
  expect(text).toContain('<testsuite name="a b.qmptap" tests="4" failures="2" skipped="1" errors="0">');
  expect(text).toContain('<testcase name="some-x" classname="qmptap"></testcase>');
  expect(text).toContain('<failure type="warning" message="an A: &lt;v&quot;\\u0001&amp;&gt;">');
  expect(text).toMatch(/name="open-b"[^]*?<skipped message=/);
  expect(text).not.toMatch(/[\u0000-\u0008]/);
});

test('SARIF: a result for each case that failed, with its file and message', () => {
  const log = JSON.parse(rulesSarif(results, origin)) as { version: string; runs: unknown[] };
  expect(log.version).toBe('2.1.0');
  expect(log.runs).toMatchObject([
    {
      tool: { driver: { name: 'qmptap', version: '1.2.3', rules: [{ id: 'no-a' }, {}, {}, {}] } },
      results: [
        {
          ruleId: 'no-a',
          ruleIndex: 0,
          level: 'warning',
          locations: [
            {
              physicalLocation: { artifactLocation: { uri: 's1.qmptap' } },
              logicalLocations: [{ name: 'session 1 message 1' }],
            },
          ],
        },
        { ruleId: 'no-z', locations: [{ physicalLocation: { artifactLocation: { uri: 'a%20b.qmptap' } } }] },
      ],
    },
  ]);
});
