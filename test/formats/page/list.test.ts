import { expect } from 'vitest';
import { openPage } from '../../support/exported-page.js';
import { labTest } from '../../support/programs.js';
import { greeting } from '../../support/recorded.js';

labTest('chromium')('10,000 messages are a window of rows', async () => {
  const many = Array.from({ length: 5000 }, (_, at) => [
    `-> {"execute":"query-status","id":${at}}`,
    `<- {"return": {"running": true, "singlestep": false, "status": "running"}, "id": ${at}}`,
  ]).flat();
  const { page, visible, text } = await openPage([`<- ${greeting}`, ...many]);
  expect(await text('#count')).toBe('10001 messages');
  expect((await visible()).length).toBeLessThan(100);
  await page.press('G');
  expect(await text('.row[aria-selected=true] .seq')).toBe('10001');
  await page.press('PageUp');
  expect((await visible()).length).toBeLessThan(100);
  expect(await page.evaluate('document.querySelector("#list").scrollTop')).toBeGreaterThan(200_000);
  await page.press('/');
  await page.type('id:4999');
  expect(await visible()).toEqual(['query-status', 'query-status']);
  await page.press('Enter', 'g');
  expect(await text('.row.pair .arrow')).toBe('<-');
  await page.press(']');
  expect(await text('.row[aria-selected=true] .arrow')).toBe('<-');
  expect(await page.evaluate('location.hash')).toBe('#1:10001');
});
