import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { exportHtml } from '../../src/formats/page/html.js';
import { Page } from '../support/chromium.js';
import { exported } from '../support/exported.js';
import { testFolder } from '../support/folder.js';
import { greeting, recorded, type Script } from '../support/recorded.js';
import { labTest } from '../support/programs.js';

const labelled = labTest('chromium');

const hostile = [
  '</script><script>document.title = "broken out"</script>',
  '<img src=x onerror="document.title = 1">',
  '<!--<script>',
  '&lt;b&gt; &amp; &#39;',
  'javascript:alert(1)',
  '\\u2028 ${1} `',
];

const conversation: Script = [
  `<- ${greeting}`,
  '-> {"execute":"qmp_capabilities","id":"libvirt-1"}',
  '<- {"return": {}, "id": "libvirt-1"}',
  '-> {"execute":"query-block","arguments":{"deep":{"er":{"and":{"deeper":[1.0,9223372036853727232]}}}},"id":9007199254740993}',
  '<- {"error": {"class": "CommandNotFound", "desc": "no"}, "id": 9007199254740993}',
  '<- {"timestamp": {"seconds": 1795165949, "microseconds": 5}, "event": "STOP"}',
  ...hostile.map((text) => `-> {"execute":${JSON.stringify(text)}}`),
  `<- {"return": [${Array.from({ length: 500 }, (_, at) => `"item ${at}"`).join(',')}]}`,
];

async function open(...scripts: Script[]): Promise<{ page: Page; visible: () => Promise<string[]> }> {
  const path = join(testFolder(), 'page.html');
  writeFileSync(path, exported(recorded(...scripts), exportHtml).bytes);
  const page = await Page.open(path);
  const visible = (): Promise<string[]> =>
    page.evaluate('[...document.querySelectorAll(".row .name")].map((one) => one.textContent)');
  return { page, visible };
}

const text = (selector: string): string => `document.querySelector(${JSON.stringify(selector)}).textContent`;

describe('the page', () => {
  labelled('shows, filters, folds, and takes the keyboard', async () => {
    const { page, visible } = await open(conversation);
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
    expect(await page.evaluate(text('#count'))).toBe(`2 of ${conversation.length} messages`);
    await page.press('Enter', 'g');
    expect(await page.evaluate(text('#detail .tree'))).not.toContain('"deeper"');
    expect(await page.evaluate(text('#detail dl'))).toContain('9007199254740993');
    await page.press('z');
    expect(await page.evaluate(text('#detail .tree'))).toContain('9223372036853727232');
    expect(await page.evaluate(text('#detail .tree'))).toContain('1.0');
    const folds = await page.evaluate<number>('document.querySelectorAll("#detail .fold").length');
    await page.evaluate('document.querySelector("#detail .fold").click()');
    expect(await page.evaluate('document.querySelector("#detail .in").hidden')).toBe(true);
    expect(folds).toBeGreaterThan(4);

    await page.press(']');
    expect(await page.evaluate(text('.row[aria-selected=true] .arrow'))).toBe('<-');
    expect(await page.evaluate('location.hash')).toBe('#1:5');
    await page.press('Escape', 'Escape');
    expect(await page.evaluate(text('#count'))).toBe(`${conversation.length} messages`);
    await page.press('G');
    expect(await page.evaluate(text('#detail .tree'))).toContain('300 more');

    await page.press('s');
    expect(await page.evaluate(text('#stats'))).toMatch(/query-block11/);
    await page.press('Escape', '?');
    expect(await page.evaluate('document.querySelector("#help").hidden')).toBe(false);
    await page.press('Escape');
    await page.evaluate(
      '[...document.querySelectorAll("#kinds button")].find((one) => one.textContent === "event").click()',
    );
    expect(await visible()).not.toContain('STOP');
    expect(page.complaints).toEqual([]);
  });

  labelled('in light and dark', async () => {
    const { page } = await open(conversation);
    const back = (): Promise<string> => page.evaluate('getComputedStyle(document.body).backgroundColor');
    const first = await back();
    const light = await page.screenshot();
    await page.evaluate('document.querySelector("#theme-button").click()');
    expect(await back()).not.toBe(first);
    const dark = await page.screenshot();
    expect(light.subarray(1, 4).toString()).toBe('PNG');
    expect(light.equals(dark)).toBe(false);
  });

  labelled('shows hostile text as text, and asks for nothing', async () => {
    const { page, visible } = await open(conversation);
    const names = await visible();
    for (const name of hostile) expect(names).toContain(JSON.parse(JSON.stringify(name)) as string);
    await page.press('/');
    await page.type('onerror');
    await page.press('Enter', 'g');
    expect(await page.evaluate(text('#detail .tree'))).toContain('<img src=x onerror=');
    expect(await page.evaluate('document.querySelectorAll("img, iframe, object, embed, link").length')).toBe(
      0,
    );
    expect(await page.evaluate('document.querySelectorAll("script").length')).toBe(2);
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

  labelled('draws a window of 10,000 messages', async () => {
    const many = Array.from({ length: 5000 }, (_, at) => [
      `-> {"execute":"query-status","id":${at}}`,
      `<- {"return": {"running": true, "singlestep": false, "status": "running"}, "id": ${at}}`,
    ]).flat();
    const { page, visible } = await open([`<- ${greeting}`, ...many]);
    expect(await page.evaluate(text('#count'))).toBe('10001 messages');
    expect((await visible()).length).toBeLessThan(100);
    await page.press('G');
    expect(await page.evaluate(text('.row[aria-selected=true] .seq'))).toBe('10001');
    await page.press('PageUp');
    expect((await visible()).length).toBeLessThan(100);
    expect(await page.evaluate('document.querySelector("#list").scrollTop')).toBeGreaterThan(200_000);
    await page.press('/');
    await page.type('id:4999');
    expect(await visible()).toEqual(['query-status', 'query-status']);
  });
});
