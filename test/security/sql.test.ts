/** Statements are made of our own words: every value is bound, and what is put into a text is on this list. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';

/** Where statements are, and their pieces. */
const folders = ['src/store', 'src/recording/fields'];

const files = folders.flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name)),
);

/** What may stand in a statement: our own constants and columns, numbers, and statements made by these same rules. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  'check.ts': ['maxComplaints'],
  'database.ts': [
    ...['pageSize', "durable ? 'FULL' : 'NORMAL'"],
    ...['writerCache', 'walPages', 'frugalCache', 'frugalPages'],
  ],
  'frame-rows.ts': ['flags.parts', 'flags.pending'],
  // Columns and question marks by the file's format.
  'marks.ts': ['columns', 'values'],
  'migrate.ts': [
    "hasMarks ? 'INSERT INTO old_mark SELECT session, seq, note FROM main.mark; DROP TABLE main.mark;' : ''",
    "[two.recording, two.checkpoint, two.mark, two.message].join(';\\n')",
    'applicationId',
    'steps.length',
  ],
  'fields.ts': [
    "kindIn('command', 'success', 'error')",
    "kindIn('event')",
    "kindIn('command')",
    'kinds.map((kind) => messageKinds.indexOf(kind)).join()',
    'quoted',
    'mark',
  ],
  'outlines.ts': [
    'place',
    'columns.map((column) => `json_group_array(${column})`).join()',
    'numberFields.size.sql',
    'where',
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
  'query.ts': ['flags.parts', 'elsewhere', 'inner.sql'],
  'reader.ts': ['frameColumns'],
  'row-inserts.ts': ['table', 'columns.join()'],
  'sql.ts': ['left', 'numbers.join()', 'expression', 'operators[is]'],
  'session-rows.ts': ["Array(14).fill('?').join()"],
};

const words =
  /\b(?:SELECT|INSERT|UPDATE|DELETE|CREATE|ALTER|DROP|ATTACH|PRAGMA|WHERE|VALUES|GLOB|LIKE)\b|_\w+ = |\bIN \(|ifnull|instr\(|substr\(/;

/** Every template with something put in that is, by its words or by the call that it is given to, a statement. */
function statements(file: string): string[] {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isTemplateExpression(node)) {
      const call = ts.isCallExpression(node.parent) ? node.parent.expression.getText() : '';
      const given = /(?:prepare|exec|pragma|exactly|among|fitting|oneOf|statement)$/.test(call);
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
  const strange = files.flatMap((file) =>
    statements(file)
      .filter((expression) => allowed[basename(file)]?.includes(expression) !== true)
      .map((expression) => `${file}: ${expression}`),
  );
  expect(strange).toEqual([]);
  expect(files.flatMap(statements).length).toBeGreaterThan(20);
});

test('nothing on the list is there no more', () => {
  const stale = Object.entries(allowed).flatMap(([name, expressions]) => {
    const used = files.filter((file) => basename(file) === name).flatMap(statements);
    return expressions.filter((one) => !used.includes(one)).map((one) => `${name}: ${one}`);
  });
  expect(stale).toEqual([]);
});

test('SQLite is used nowhere else', () => {
  const elsewhere = readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.startsWith('store/'))
    .filter((name) =>
      /better-sqlite3|\bopenSqlite\b|\bsqlite\(/.test(readFileSync(join('src', name), 'utf8')),
    );
  expect(elsewhere).toEqual([]);
});
