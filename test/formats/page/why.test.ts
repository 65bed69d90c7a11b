import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { exportHtml } from '../../../src/formats/page/html.js';
import { Page } from '../../support/chromium.js';
import { exported } from '../../support/exported.js';
import { hostile, shownConversation } from '../../support/exported-page.js';
import { testFolder } from '../../support/folder.js';
import { labTest } from '../../support/programs.js';
import { recorded } from '../../support/recorded.js';

const finding = (seq: number, title: string, level = 'error') => {
  return { type: 'finding', kind: 'held-monitor', level, session: 1, seq, title, cause: 'Because.' };
};

async function opened(findings: readonly object[]): Promise<Page> {
  const path = join(testFolder(), 'page.html');
  writeFileSync(path, exported(recorded(shownConversation), exportHtml, { findings }).bytes);
  return Page.open(path);
}

const height = 'document.querySelector("#list").getBoundingClientRect().height';
const at = (selector: string): string => `document.querySelector(${JSON.stringify(selector)}).textContent`;

labTest('chromium')(
  'what went wrong is at the top; a click goes to the message; nothing is markup',
  async () => {
    const page = await opened([
      finding(4, 'held by query-block'),
      finding(99, 'of a message that is not here', 'note'),
      ...hostile.map((title) => finding(5, title, 'warning')),
    ]);
    expect(await page.evaluate(at('#why-title'))).toBe('What went wrong: 1 error, 6 warnings, 1 note');
    expect(await page.evaluate(at('#why li'))).toBe('error held by query-blockBecause.');
    expect(await page.evaluate('document.querySelectorAll("#why a").length')).toBe(1 + hostile.length);
    expect(await page.evaluate('document.title')).not.toMatch(/broken out|^1$/);
    await page.evaluate('document.querySelector("#why a").click()');
    await page.evaluate('new Promise((done) => setTimeout(done))');
    expect(await page.evaluate(at('.row[aria-selected=true] .seq'))).toBe('4');
    expect(await page.evaluate(height)).toBeGreaterThan(100);
  },
);

labTest('chromium')('where nothing went wrong there is no such part', async () => {
  const page = await opened([]);
  expect(await page.evaluate('document.querySelector("#why").hidden')).toBe(true);
  expect(await page.evaluate(height)).toBeGreaterThan(100);
});
