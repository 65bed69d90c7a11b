/** Which Node is refused, and which has a warning: at every edge of `engines` and of the table. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { refusalOfNode, warningOfNode } from '../../src/cli/node-version.js';

test.each([
  ['8.17.0', false],
  ['18.20.8', false],
  ['20.18.3', false],
  ['20.19.0', true],
  ['20.20.2', true],
  ['21.7.3', false],
  ['22.2.0', false],
  ['22.13.1', false],
  ['22.14.0', true],
  ['22.100.0', true],
  ['23.11.1', false],
  ['24.0.0', true],
  ['25.9.0', true],
  ['26.12.1', true],
  ['100.0.0', true],
])('Node %s does: %s', (version, does) => {
  expect(refusalOfNode(version) === undefined).toBe(does);
});

test('a refusal is one line: which Node, why, and which to take, as engines has it', () => {
  const { engines } = JSON.parse(readFileSync('package.json', 'utf8')) as { engines: { node: string } };
  expect(engines.node).toBe('^20.19 || ^22.14 || >=24');
  expect(refusalOfNode('18.20.8')).toBe(
    'Node 18.20.8: qmptap does not run on it; use Node 20.19 or newer of 20, or 22.14 or newer of 22, or 24 and later',
  );
});

test.each([
  ['20.19.0', undefined],
  ['24.18.1', undefined],
  ['24.19.0', '24.22'],
  ['24.21.9', '24.22'],
  ['24.22.0', undefined],
  ['25.9.0', undefined],
  ['26.0.0', '26.4'],
  ['26.3.1', '26.4'],
  ['26.4.0', undefined],
])('Node %s is warned of, and mended in %s', (version, mended) => {
  const warning = warningOfNode(version);
  if (mended === undefined) expect(warning).toBeUndefined();
  else expect(warning).toMatch(new RegExp(`^Node ${version}: .*; .*Node ${mended} .*$`));
});
