import { expect, test } from 'vitest';
import { pageScript } from '../../../src/formats/page/html.js';
import { markup, style } from '../../../src/formats/page/markup.js';
import { openPage, shownConversation } from '../../support/exported-page.js';
import { labTest } from '../../support/programs.js';

const all = (pattern: RegExp, text: string): Set<string> =>
  new Set(Array.from(text.matchAll(pattern), ([, found = '']) => found));

test('each element that the script asks for is there, once', () => {
  const ids = Array.from(markup.matchAll(/ id="([\w-]+)"/g), ([, id]) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const asked = [...all(/\belement\('([\w-]+)'\)/g, pageScript)].filter(
    (id) => id !== 'recording' && id !== 'findings',
  );
  expect(asked.length).toBeGreaterThan(10);
  expect(asked.filter((id) => !ids.includes(id))).toEqual([]);
});

test('each colour that the style and the script use is chosen for both themes', () => {
  const used = new Set([...all(/var\((--[\w-]+)\)/g, style), ...all(/colour\('(--[\w-]+)'\)/g, pageScript)]);
  const chosen = Array.from(style.matchAll(/(--[\w-]+):/g), ([, name]) => name);
  expect(used.size).toBeGreaterThan(8);
  for (const name of used) expect([name, chosen.filter((one) => one === name).length]).toEqual([name, 2]);
});

labTest('chromium')('in light and dark', async () => {
  const { page } = await openPage(shownConversation);
  const back = (): Promise<string> => page.evaluate('getComputedStyle(document.body).backgroundColor');
  const first = await back();
  const light = await page.screenshot();
  await page.evaluate('document.querySelector("#theme-button").click()');
  expect(await back()).not.toBe(first);
  const dark = await page.screenshot();
  expect(light.subarray(1, 4).toString()).toBe('PNG');
  expect(light.equals(dark)).toBe(false);
});
