import { expect } from 'vitest';
import { openPage, shownConversation } from '../../support/exported-page.js';
import { labTest } from '../../support/programs.js';

labTest('chromium')(
  'a click on the timeline chooses what is nearest, and statistics are of what is shown',
  async () => {
    const { page, text } = await openPage(shownConversation);
    const canvas = 'document.querySelector("#timeline")';
    const painted = `new Set(${canvas}.getContext("2d").getImageData(0, 0, ${canvas}.width, ${canvas}.height).data).size`;
    expect(await page.evaluate(painted)).toBeGreaterThan(5);
    const clickAt = (share: number): Promise<unknown> =>
      page.evaluate(
        `{ const box = ${canvas}.getBoundingClientRect(); ${canvas}.dispatchEvent(new MouseEvent("click", { clientX: box.left + 8 + (box.width - 16) * ${share}, clientY: box.top + 5 })) }`,
      );
    await clickAt(1);
    expect(await text('.row[aria-selected=true] .seq')).toBe(String(shownConversation.length));
    await clickAt(0);
    expect(await text('.row[aria-selected=true] .seq')).toBe('1');

    await page.press('s');
    expect(await text('#stats')).toMatch(/query-block11/);
    expect(await text('#stats')).toMatch(/STOP1/);
    expect(await text('#stats')).toContain('Unanswered: 5');
    await page.press('Escape', '/');
    await page.type('cmd:qmp_*');
    await page.press('Enter', 's');
    expect(await text('#stats')).not.toContain('query-block');
  },
);
