import { describe, expect, test } from 'vitest';
import { Page, type PageContent, scrolled } from '../../../src/tui/pages/page.js';
import { plain } from '../../../src/tui/screen/line.js';
import { textOf } from '../../support/scene.js';

const opened: number[] = [];
const content = (length: number, more: Partial<PageContent> = {}): PageContent => ({
  title: 'title',
  length,
  entry: (place) => ({ line: plain(`entry ${place}`), open: () => opened.push(place) }),
  selects: true,
  ...more,
});
const drawn = (page: Page, height = 5): string[] =>
  page.draw(80, height).map((line) => (line.style === 'focus' ? `> ${textOf(line)}` : textOf(line)));

describe('Page', () => {
  test('one entry has the focus, is kept in sight, and Enter opens it', () => {
    const page = new Page('x', () => content(10));
    expect(drawn(page)).toEqual([' title', '> entry 0', 'entry 1', 'entry 2', 'entry 3']);
    page.move(5);
    expect(drawn(page)).toEqual([' title', 'entry 2', 'entry 3', 'entry 4', '> entry 5']);
    page.end();
    page.move(1);
    page.open();
    page.home();
    page.open();
    expect(opened.splice(0)).toEqual([9, 0]);
    page.page(1);
    expect(drawn(page)).toContain('> entry 3');
  });

  test('one that does not select scrolls, and no further than to its last line', () => {
    const page = new Page('x', () =>
      scrolled(
        'keys',
        Array.from({ length: 6 }, (_, at) => plain(`line ${at}`)),
      ),
    );
    page.move(100);
    drawn(page);
    page.move(100);
    expect(drawn(page)).toEqual([' keys', 'line 2', 'line 3', 'line 4', 'line 5']);
    page.open();
  });

  test('a heading stays on top, and a click counts from under it', () => {
    const page = new Page('x', () => content(10, { heading: plain('head') }));
    expect([new Page('y', () => content(1)).headLines, page.headLines]).toEqual([1, 2]);
    page.move(9);
    expect(drawn(page)).toEqual([' title', 'head', 'entry 7', 'entry 8', '> entry 9']);
    page.focusVisible(0);
    expect(drawn(page)).toContain('> entry 7');
  });

  test('is made anew each time, and keeps the focus within it', () => {
    let length = 5;
    const page = new Page('x', () => content(length));
    page.end();
    length = 2;
    expect(drawn(page)).toEqual([' title', 'entry 0', '> entry 1', '', '']);
    length = 0;
    expect(drawn(page)).toEqual([' title', '', '', '', '']);
    page.open();
    expect(opened).toEqual([]);
  });
});
