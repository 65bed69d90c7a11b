/** Statements are made of our own words: every value is bound, and what is put into a text is on this list. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';

const folder = 'src/store';

/** What may stand in a statement: our own constants and columns, numbers, and statements made by these same rules. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  'check.ts': ['maxComplaints'],
  'database.ts': ['pageSize', "durable ? 'FULL' : 'NORMAL'", 'writerCache', 'walPages'],
  'frame-rows.ts': ['flags.parts', 'flags.pending'],
  'migrate.ts': ['applicationId', 'steps.length'],
  'outlines.ts': [
    'flags.parts',
    'place',
    'columns.map((column) => `json_group_array(${column})`).join()',
    'size',
    'where',
    'pageSize',
  ],
  // `name` is the number of a name.
  'page-query.ts': [
    'frameColumns',
    'columns',
    'also',
    'order',
    'name',
    "access.names.map(one).join(' UNION ALL ')",
  ],
  'query.ts': [
    'flags.parts',
    'kindNumber(condition.kind)',
    "condition.dir === 'c2s' ? 0 : 1",
    'comparisons[condition.is]',
    'elsewhere',
    'inner.sql',
    'left',
    'numbers.join()',
    'quoted',
    'text',
  ],
  'reader.ts': ['frameColumns'],
  'row-inserts.ts': ['table', 'columns.join()'],
  'session-rows.ts': ["Array(14).fill('?').join()"],
};

const words =
  /\b(?:SELECT|INSERT|UPDATE|DELETE|CREATE|ALTER|DROP|ATTACH|PRAGMA|WHERE|VALUES|GLOB|LIKE)\b|_\w+ = |\bIN \(|ifnull|instr\(|substr\(/;

/** Every template with something put in that is, by its words or by the call that it is given to, a statement. */
function statements(file: string): string[] {
  const source = ts.createSourceFile(
    file,
    readFileSync(join(folder, file), 'utf8'),
    ts.ScriptTarget.Latest,
    true,
  );
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isTemplateExpression(node)) {
      const call = ts.isCallExpression(node.parent) ? node.parent.expression.getText() : '';
      const given = /(?:prepare|exec|pragma|exact|loose|statement)$/.test(call);
      if (given || words.test(node.getText()))
        found.push(...node.templateSpans.map(({ expression }) => expression.getText()));
    }
    const joined =
      ts.isBinaryExpression(node) &&
      node.operatorToken.kind === ts.SyntaxKind.PlusToken &&
      words.test(node.getText());
    if (joined) found.push(node.getText());
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

test('no statement has a value in its text', () => {
  const files = readdirSync(folder).filter((name) => name.endsWith('.ts'));
  const strange = files.flatMap((file) =>
    statements(file)
      .filter((expression) => allowed[file]?.includes(expression) !== true)
      .map((expression) => `${file}: ${expression}`),
  );
  expect(strange).toEqual([]);
  expect(files.flatMap(statements).length).toBeGreaterThan(20);
});

test('nothing on the list is there no more', () => {
  const stale = Object.entries(allowed).flatMap(([file, expressions]) =>
    expressions.filter((one) => !statements(file).includes(one)).map((one) => `${file}: ${one}`),
  );
  expect(stale).toEqual([]);
});

test('SQLite is used nowhere else', () => {
  const elsewhere = readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.startsWith('store/'))
    .filter((name) => readFileSync(join('src', name), 'utf8').includes('better-sqlite3'))
    // Looks whether it can be loaded.
    .filter((name) => name !== 'launch/doctor/doctor.ts');
  expect(elsewhere).toEqual([]);
});
