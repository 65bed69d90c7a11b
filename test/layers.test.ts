import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { impureGlobals, layers } from '../eslint.config.js';

interface Layer {
  imports: string[] | 'all';
  pure?: boolean;
  packages?: string[];
}
const table = layers as Record<string, Layer>;

function sources(folder: string): string[] {
  return readdirSync(join('src', folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.[jt]s$/.test(name))
    .map((name) => join('src', folder, name));
}

function imports(path: string): string[] {
  return ts.preProcessFile(readFileSync(path, 'utf8')).importedFiles.map((file) => file.fileName);
}

/** What a source names, other than as the name of a member or of its own declaration. */
function namesUsed(path: string): Set<string> {
  const names = new Set<string>();
  const visit = (node: ts.Node): void => {
    const declared = (node.parent as { name?: ts.Node } | undefined)?.name === node;
    if (ts.isIdentifier(node) && !declared) names.add(node.text);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true));
  return names;
}

/** Uses of `Date` that ask what time it is: all but `Date.UTC`, `Date.parse` and `new Date(ms)`. */
function clockReads(source: string): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && node.text === 'Date') {
      const { parent } = node;
      const isMember = ts.isPropertyAccessExpression(parent) && /^(UTC|parse)$/.test(parent.name.text);
      const isMade = ts.isNewExpression(parent) && (parent.arguments?.length ?? 0) > 0;
      if (!isMember && !isMade) found.push(parent.getText());
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('source.ts', source, ts.ScriptTarget.Latest, true));
  return found;
}

describe('the layers of src/', () => {
  test('tells the clock from the calendar', () => {
    expect(clockReads('new Date(1); Date.UTC(2026, 1); Date.parse("x")')).toEqual([]);
    for (const read of ['new Date()', 'Date.now()', 'Date()', 'const { now } = Date']) {
      expect(clockReads(read)).toHaveLength(1);
    }
  });

  test('every folder has its rule', () => {
    const folders = readdirSync('src', { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(folders.length).toBeGreaterThan(5);
    for (const folder of folders) expect(Object.keys(table)).toContain(folder.name);
  });

  test.each(Object.keys(table).filter((folder) => sources(folder).length > 0))(
    'src/%s imports what it may',
    (folder) => {
      const layer = table[folder]!;
      const files = sources(folder);
      expect(files.length).toBeGreaterThan(0);
      for (const file of files) {
        for (const name of imports(file)) {
          if (name.startsWith('.')) {
            const [other = '', inner] = relative('src', resolve(dirname(file), name)).split('/');
            if (inner === undefined) {
              // A file beside the folders: only the errors are for all, since a pure folder reads no file.
              if (layer.pure) expect(other, `${file} imports ${name}`).toBe('errors.js');
            } else if (other !== folder && layer.imports !== 'all') {
              expect(layer.imports, `${file} imports ${name}`).toContain(other);
            }
          }
          if (layer.pure) expect(name.startsWith('node:'), `${file} imports ${name}`).toBe(false);
          const guarded = Object.entries(table).filter(([, rule]) => rule.packages?.includes(name));
          if (guarded.length > 0) expect(layer.packages ?? [], `${file} imports ${name}`).toContain(name);
        }
        if (layer.pure) {
          const used = namesUsed(file);
          for (const name of impureGlobals) expect(used.has(name), `${file} uses ${name}`).toBe(false);
          expect(clockReads(readFileSync(file, 'utf8')), `${file} reads the clock`).toEqual([]);
        }
      }
    },
  );

  test('no import circle', () => {
    const files = sources('.');
    expect(files.length).toBeGreaterThan(100);
    const edges = new Map(
      files.map((file) => [
        file,
        imports(file)
          .filter((name) => name.startsWith('.'))
          .map((name) => relative('.', resolve(dirname(file), name)).replace(/\.js$/, '.ts')),
      ]),
    );
    // What imports nothing that is left cannot be in a circle; what remains at the end is.
    for (let before = -1; before !== edges.size;) {
      before = edges.size;
      for (const [file, targets] of edges) {
        if (!targets.some((target) => edges.has(target))) edges.delete(file);
      }
    }
    expect([...edges.keys()]).toEqual([]);
  });

  test('no folder is a heap', () => {
    const folders = [
      'src',
      ...readdirSync('src', { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map((entry) => join(entry.parentPath, entry.name)),
    ];
    for (const folder of folders) {
      const files = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile());
      expect(files.length, folder).toBeLessThanOrEqual(15);
    }
  });
});
