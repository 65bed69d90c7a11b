import { expect } from 'vitest';
import { openPage, shownConversation } from '../../support/exported-page.js';
import { labTest } from '../../support/programs.js';
import { until } from '../../support/until.js';

const labelled = labTest('chromium');

labelled('shows, filters, and takes the keyboard', async () => {
  const { page, visible, text } = await openPage(shownConversation);
  expect((await visible()).slice(0, 6)).toEqual([
    'greeting',
    'qmp_capabilities',
    'qmp_capabilities',
    'query-block',
    'query-block',
    'STOP',
  ]);
  expect(await page.evaluate('document.title')).toBe('session 1, QEMU 7.2.22 - qmptap');

  await page.press('/');
  await page.type('cmd:query-*');
  expect(await visible()).toEqual(['query-block', 'query-block']);
  expect(await text('#count')).toBe(`2 of ${shownConversation.length} messages`);
  await page.press('Enter', 'g', ']');
  expect(await page.evaluate('location.hash')).toBe('#1:5');
  await page.press('Escape', 'Escape');
  expect(await text('#count')).toBe(`${shownConversation.length} messages`);
  await page.press('?');
  expect(await page.evaluate('document.querySelector("#help").hidden')).toBe(false);
  await page.press('Escape');
  expect(await page.evaluate('document.querySelector("#help").hidden')).toBe(true);
  const relative = await text('.row .time');
  await page.press('t');
  expect(await text('.row .time')).not.toBe(relative);
  await page.evaluate(
    '[...document.querySelectorAll("#kinds button")].find((one) => one.textContent === "event").click()',
  );
  expect(await visible()).not.toContain('STOP');
  await page.evaluate('location.hash = "#1:6"');
  await until('the message of the address to be chosen', async () => {
    return (await text('.row[aria-selected=true] .name')) === 'STOP';
  });
  expect(page.complaints).toEqual([]);
});

labelled('shows one of several sessions', async () => {
  const { page, visible, text } = await openPage(['-> {"execute":"a"}'], ['-> {"execute":"b"}']);
  expect(await text('#title')).toBe('2 sessions');
  expect(await visible()).toEqual(['a', 'b']);
  await page.evaluate(
    '{ const box = document.querySelector("#session"); box.value = "2"; box.dispatchEvent(new Event("change")) }',
  );
  expect(await visible()).toEqual(['b']);
});
