import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import ts from 'typescript';
import { exportHtml, pageScript } from '../../../src/formats/page/html.js';
import { exported } from '../../support/exported.js';
import { hostile, openPage, shownConversation } from '../../support/exported-page.js';
import { labTest } from '../../support/programs.js';
import { recorded } from '../../support/recorded.js';

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

test('the policy allows the one script and the one style, and no data ends its element', () => {
  fc.assert(
    fc.property(fc.oneof(fc.constantFrom(...hostile), fc.string({ unit: 'binary' })), (text) => {
      const page = exported(
        recorded([`-> ${Buffer.from(JSON.stringify({ execute: text })).toString('latin1')}`]),
        exportHtml,
      ).text;
      const scripts = Array.from(
        page.matchAll(/<script[^>]*>([^]*?)<\/script>/g),
        ([, content = '']) => content,
      );
      const styles = Array.from(page.matchAll(/<style>([^]*?)<\/style>/g), ([, content = '']) => content);
      expect([scripts.length, styles.length]).toEqual([3, 1]);
      expect(`${scripts[0]}${scripts[1]}`).not.toContain('<');
      for (const content of [scripts[2], styles[0]]) {
        const hash = createHash('sha256')
          .update(content ?? '')
          .digest('base64');
        expect(page).toContain(`'sha256-${hash}'`);
      }
    }),
    { numRuns: 50 },
  );
});

labTest('chromium')('shows hostile text as text, and asks for nothing', async () => {
  const { page, visible, text } = await openPage(shownConversation);
  const names = await visible();
  for (const name of hostile) expect(names).toContain(name);
  await page.press('/');
  await page.type('onerror');
  await page.press('Enter', 'g');
  expect(await text('#detail .tree')).toContain('<img src=x onerror=');
  expect(await page.evaluate('document.querySelectorAll("img, iframe, object, embed, link").length')).toBe(0);
  expect(await page.evaluate('document.querySelectorAll("script").length')).toBe(3);
  expect(await page.evaluate('document.title')).toBe('session 1, QEMU 7.2.22 - qmptap');
  expect(page.fetched.filter((url) => !url.startsWith('file://'))).toEqual([]);
  expect(page.complaints).toEqual([]);
  // The policy holds: a script that got in would not run.
  await page.evaluate(
    'document.body.append(Object.assign(document.createElement("script"), { textContent: "document.title = 1" }))',
  );
  expect(await page.evaluate('document.title')).toBe('session 1, QEMU 7.2.22 - qmptap');
  expect(page.complaints.join()).toContain('Content Security Policy');
});
