import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import type { Exporter } from '../../../src/formats/export.js';
import { exportPytest, exportVitest } from '../../../src/formats/script/test-files.js';
import { exported } from '../../support/exported.js';
import { recorded } from '../../support/recorded.js';
import { labTest } from '../../support/programs.js';

/** What would be code, if it got out of the text that it stands in. */
const labels = [
  '`); process.exit(); //',
  '${1}',
  '"); import os #',
  "'''",
  '"""\nimport os',
  '\\',
  '\u2028x\u2029',
];
const names = [
  "a'b.qmptap",
  'a"b\\.qmptap',
  '*/x.qmptap',
  'a?b#c%2e.qmptap',
  'http:x.qmptap',
  '\u2028.qmptap',
  '../${1}`.qmptap',
];

/** A test of a session with this label, in a recording of this name. */
function written(exporter: Exporter, label: string, reference: string): string {
  const recording = recorded(['-> {"execute":"stop"}']);
  const sessions = recording.sessions().map((session) => ({ ...session, label }));
  return exported(recording, exporter, { reference, sessions }).text;
}

/** The program's shape: every node but the texts. */
function shape(text: string): { kinds: number[]; texts: string[] } {
  const source = ts.createSourceFile('x.ts', text, ts.ScriptTarget.Latest);
  const [kinds, texts]: [number[], string[]] = [[], []];
  const visit = (node: ts.Node): void => {
    kinds.push(node.kind);
    if (ts.isStringLiteral(node)) texts.push(node.text);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return { kinds, texts };
}

describe('a test made of a recording', () => {
  const plain = shape(written(exportVitest, 'web1', 'a.qmptap'));

  test.each(labels)('is the same program for a session called %j', (label) => {
    expect(shape(written(exportVitest, label, 'a.qmptap')).kinds).toEqual(plain.kinds);
  });

  test.each(names)('reads the recording %j, and nothing else', (name) => {
    const { kinds, texts } = shape(written(exportVitest, 'web1', name));
    expect(kinds).toEqual(plain.kinds);
    const found = texts.find((text) => text.includes('.qmptap')) ?? '';
    const url = new URL(found, pathToFileURL('/tests/deep/a.test.ts'));
    expect(fileURLToPath(url)).toBe(resolve('/tests/deep', name));
  });

  labTest('python3')('is the same program in Python', () => {
    const dump = `
import ast, json, sys
def shape(text):
    return [type(node).__name__ for node in ast.walk(ast.parse(text))]
print(json.dumps([shape(text) for text in json.load(sys.stdin)]))`;
    const texts = [
      written(exportPytest, 'web1', 'a.qmptap'),
      ...labels.map((label) => written(exportPytest, label, 'a.qmptap')),
      ...names.map((name) => written(exportPytest, 'web1', name)),
    ];
    const { stdout, stderr } = spawnSync('python3', ['-c', dump], {
      input: JSON.stringify(texts),
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    const [first, ...others] = JSON.parse(stdout) as string[][];
    for (const other of others) expect(other).toEqual(first);
  });
});
