import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
// @ts-expect-error -- plain JavaScript, read for its table
import { impureGlobals, layers } from '../eslint.config.js';

interface Layer {
  imports: string[] | 'all';
  pure?: boolean;
  packages?: string[];
}
const table = layers as Record<string, Layer>;
const impure = impureGlobals as string[];

function sources(folder: string): string[] {
  return readdirSync(join('src', folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
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

describe('the layers of src/', () => {
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
          const other = /^(?:\.\.\/)+([a-z]+)\//.exec(name)?.[1];
          if (other !== undefined && other !== folder && layer.imports !== 'all') {
            expect(layer.imports, `${file} imports ${name}`).toContain(other);
          }
          if (layer.pure) expect(name.startsWith('node:'), `${file} imports ${name}`).toBe(false);
          const guarded = Object.entries(table).filter(([, rule]) => rule.packages?.includes(name));
          if (guarded.length > 0) expect(layer.packages ?? [], `${file} imports ${name}`).toContain(name);
        }
        if (layer.pure) {
          const used = namesUsed(file);
          for (const name of impure) expect(used.has(name), `${file} uses ${name}`).toBe(false);
        }
      }
    },
  );
});
