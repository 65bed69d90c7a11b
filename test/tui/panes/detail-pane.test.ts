import { beforeEach, describe, expect, test } from 'vitest';
import { DetailPane } from '../../../src/tui/panes/detail-pane.js';
import { message } from '../../support/message.js';
import { textOf } from '../../support/scene.js';

const text = '{"return": {"a": [1, 2], "b": "needle"}, "id": 7}\r\n';
const response = message('success', text, { command: 'query-x', latency: 2e6, id: '7', fds: 2 });
let pane: DetailPane;

beforeEach(() => {
  pane = new DetailPane();
  pane.show(response);
});

const drawn = (height = 10, width = 80): string[] =>
  pane.draw({ width, height, active: true, time: 'relative', session: undefined }).map(textOf);
const focus = (): string | undefined => {
  const lines = pane.draw({ width: 80, height: 10, active: true, time: 'relative', session: undefined });
  return lines
    .filter(({ style }) => style === 'focus')
    .map(textOf)[0]
    ?.trim();
};

describe('DetailPane', () => {
  test('a heading, and the message as a tree', () => {
    expect(drawn(8)).toEqual([
      ' R #1/1 <- success query-x | 0.000000 s | took 2.0ms | 51 B | id 7 | 2 descriptors',
      ' - return:',
      '   - a:',
      '       0: 1',
      '       1: 2',
      '     b: "needle"',
      '   id: 7',
      '',
    ]);
  });

  test('folds the branch, or of a leaf the branch that it is in', () => {
    pane.move(2);
    pane.fold();
    expect(focus()).toBe('+ a: [1, 2]');
    pane.fold(true);
    expect(focus()).toBe('- a:');
    pane.move(1);
    pane.fold();
    expect(focus()).toBe('+ a: [1, 2]');
    pane.fold(false);
    expect(focus()).toMatch(/^\+ return: /);
  });

  test('finds a text, in what is folded too', () => {
    pane.fold(false);
    expect(pane.search('NEEDLE', 1)).toBe(true);
    expect(focus()).toBe('b: "needle"');
    expect(pane.search('hay', 1)).toBe(false);
  });

  test('is shown as raw text, in hexadecimal, and as a tree again', () => {
    pane.turnMode();
    expect(drawn()[0]).toMatch(/\| raw$/);
    expect(drawn()[1]).toBe(text.replace('\r\n', '\\r\\n'));
    expect(pane.bytes()).toBe(response.raw);
    pane.turnMode();
    expect(drawn()[1]).toMatch(/^00000000 {2}7b 22 72/);
    expect(drawn(10, 60)[1]).toMatch(/^00000000 {2}(..\s){8} \|/);
    pane.turnMode();
    expect(drawn()[1]).toBe(' - return:');
  });

  test('copies the focused value', () => {
    pane.move(1);
    expect(new TextDecoder().decode(pane.bytes())).toBe('[1, 2]');
  });

  test('scrolls so that the focus is in sight', () => {
    pane.show(
      message('success', JSON.stringify({ return: Array.from({ length: 50 }, (_, at) => at) }), { index: 2 }),
    );
    drawn(10);
    pane.end();
    expect(focus()).toBe('49: 49');
    pane.page(-1);
    expect(focus()).toBe('41: 41');
    pane.home();
    expect(drawn(10)[1]).toBe(' - return:');
    pane.focusVisible(3);
    expect(focus()).toBe('2: 2');
  });

  test('keeps what is folded while it shows the same message', () => {
    pane.fold(false);
    pane.show({ ...response });
    expect(drawn()[1]).toMatch(/^ \+ return/);
    pane.show({ ...response, index: 2 });
    expect(drawn()[1]).toBe(' - return:');
  });

  test('what is no message is text, and nothing is said to be nothing', () => {
    pane.show(message('malformed', '{"a": \u001b', { index: 3, problem: 'JSON parse error' }));
    expect(drawn().slice(0, 2)).toEqual([
      ' M #1/1 <- malformed | 0.000000 s | 7 B | JSON parse error',
      '   {"a": \\u001b',
    ]);
    pane.show(undefined);
    expect(drawn()[0]).toBe('  no message');
  });
});
