import fc from 'fast-check';
import { expect, test } from 'vitest';
import { detail } from '../../../src/formats/page/detail.js';
import { played } from '../../support/conversation.js';
import { openPage, scriptOf, shownConversation } from '../../support/exported-page.js';
import { labTest } from '../../support/programs.js';

interface Value {
  readonly open: '{' | '[';
  readonly items: readonly { readonly key?: string; readonly value: Tree }[];
}
type Tree = Value | string;

const { parseTree } = scriptOf(played([]), [detail], ['parseTree']) as {
  parseTree: (text: string) => Tree | undefined;
};

/** The text of a tree, spelled as it was. */
function printed(tree: Tree): string {
  if (typeof tree === 'string') return tree;
  const items = tree.items.map(({ key, value }) => (key === undefined ? '' : `${key}:`) + printed(value));
  return `${tree.open}${items.join(',')}${tree.open === '{' ? '}' : ']'}`;
}

test('a tree has every value as it is spelled', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 4 }), fc.constantFrom(0, 1), (text, indent) => {
      const spelled = JSON.stringify(JSON.parse(text), undefined, indent);
      expect(printed(parseTree(spelled)!)).toBe(JSON.stringify(JSON.parse(text)));
    }),
  );
  expect(printed(parseTree(`{'a': 9223372036853727232, "b": 1.0}`)!)).toBe(
    `{'a':9223372036853727232,"b":1.0}`,
  );
});

test('what is no JSON has no tree, and depth is bounded', () => {
  for (const text of ['', '{', '{"a"}', '[1,]', '[1] x', '}', '{"a":1,,}'])
    expect(parseTree(text)).toBeUndefined();
  expect(parseTree('['.repeat(5000) + ']'.repeat(5000))).toBeUndefined();
});

labTest('chromium')('a message unfolds, and long lists do so in parts', async () => {
  const { page, text } = await openPage(shownConversation);
  await page.press('j', 'j', 'j');
  expect(await text('#detail .tree')).not.toContain('"deeper"');
  expect(await text('#detail dl')).toContain('9007199254740993');
  await page.press('z');
  expect(await text('#detail .tree')).toContain('9223372036853727232');
  expect(await text('#detail .tree')).toContain('1.0');
  expect(await page.evaluate('document.querySelectorAll("#detail .fold").length')).toBeGreaterThan(4);
  await page.evaluate('document.querySelector("#detail .fold").click()');
  expect(await page.evaluate('document.querySelector("#detail .in").hidden')).toBe(true);
  await page.press('G');
  expect(await text('#detail .tree')).toContain('300 more');
  await page.evaluate('[...document.querySelectorAll("#detail .tree button")].at(-1).click()');
  expect(await text('#detail .tree')).toContain('100 more');
});
