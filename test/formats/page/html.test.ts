import { expect, test } from 'vitest';
import ts from 'typescript';
import { pageScript } from '../../../src/formats/page/html.js';

test('the script of the page is checked like all other code', () => {
  const options: ts.CompilerOptions = {
    allowJs: true,
    checkJs: true,
    noEmit: true,
    strict: true,
    noUncheckedIndexedAccess: true,
    noImplicitReturns: true,
    noUnusedLocals: true,
    noUnusedParameters: true,
    target: ts.ScriptTarget.ES2023,
    lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
    types: [],
    skipLibCheck: true,
  };
  const host = ts.createCompilerHost(options);
  const read = host.getSourceFile.bind(host);
  host.getSourceFile = (name, version) =>
    name === 'page.js' ? ts.createSourceFile(name, pageScript, version, true) : read(name, version);
  const program = ts.createProgram(['page.js'], options, host);
  const found = ts.getPreEmitDiagnostics(program).map(({ file, start, messageText }) => {
    const line = file && start !== undefined ? file.getLineAndCharacterOfPosition(start).line : 0;
    const source = pageScript.split('\n')[line]?.trim() ?? '';
    return `${source}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
  });
  expect(program.getSourceFile('page.js')).toBeDefined();
  expect(found).toEqual([]);
});
