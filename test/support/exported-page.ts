/** The exported page: opened in Chromium, or its script's functions without a page. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInThisContext } from 'node:vm';
import { exportHtml } from '../../src/formats/page/html.js';
import { model } from '../../src/formats/page/model.js';
import type { MemoryRecording } from '../../src/recording/memory.js';
import { Page } from './chromium.js';
import { exported } from './exported.js';
import { testFolder } from './folder.js';
import { greeting, recorded, type Script } from './recorded.js';

/** What would be more than text, if it were not escaped. */
export const hostile = [
  '</script><script>document.title = "broken out"</script>',
  '<img src=x onerror="document.title = 1">',
  '<!--<script>',
  '&lt;b&gt; &amp; &#39;',
  'javascript:alert(1)',
  '\\u2028 ${1} `',
];

/** Something of everything that the page shows. */
export const shownConversation: Script = [
  `<- ${greeting}`,
  '-> {"execute":"qmp_capabilities","id":"libvirt-1"}',
  '<- {"return": {}, "id": "libvirt-1"}',
  '-> {"execute":"query-block","arguments":{"deep":{"er":{"and":{"deeper":[1.0,9223372036853727232]}}}},"id":9007199254740993}',
  '<- {"error": {"class": "CommandNotFound", "desc": "no"}, "id": 9007199254740993}',
  '<- {"timestamp": {"seconds": 1795165949, "microseconds": 5}, "event": "STOP"}',
  ...hostile.map((text) => `-> {"execute":${JSON.stringify(text)}}`),
  `<- {"return": [${Array.from({ length: 500 }, (_, at) => `"item ${at}"`).join(',')}]}`,
];

export interface OpenPage {
  readonly page: Page;
  /** The names in the rows that are made. */
  readonly visible: () => Promise<string[]>;
  /** The text of the first element that fits a selector. */
  readonly text: (selector: string) => Promise<string>;
}

export async function openPage(...scripts: Script[]): Promise<OpenPage> {
  const path = join(testFolder(), 'page.html');
  writeFileSync(path, exported(recorded(...scripts), exportHtml).bytes);
  const page = await Page.open(path);
  return {
    page,
    visible: () =>
      page.evaluate('[...document.querySelectorAll(".row .name")].map((one) => one.textContent)'),
    text: (selector) => page.evaluate(`document.querySelector(${JSON.stringify(selector)}).textContent`),
  };
}

/** Functions of the page's script over a recording: `parts` come after the model, `names` are given out. */
export function scriptOf(
  recording: MemoryRecording,
  parts: readonly string[],
  names: readonly string[],
): unknown {
  const html = exported(recording, exportHtml).text;
  const [, json = ''] = /<script id="recording"[^>]*>\n([^]*?)<\/script>/.exec(html) ?? [];
  const code = `'use strict';${model}${parts.join('')};return { ${names.join(', ')} };`;
  const run = runInThisContext(`(function (document) {${code}})`) as (document: object) => unknown;
  return run({ getElementById: () => ({ textContent: json }) });
}
