import { expect, test } from 'vitest';
import { WhyPage } from '../../../src/tui/pages/why-page.js';
import type { MessageRef } from '../../../src/recording/message.js';
import { exchange, type Line, played } from '../../support/conversation.js';
import { textOf } from '../../support/scene.js';

const refused: readonly Line[] = [
  ...exchange('stop'),
  ['->', { execute: 'device_del' }],
  ['<-', { error: { class: 'DeviceNotFound', desc: "Device 'a\u001b' not found" } }],
];

function pageOf(lines: readonly Line[], opened: MessageRef[] = []): WhyPage {
  const page = new WhyPage(played(lines), { live: false, open: (at) => opened.push(at) });
  expect(textOf(page.draw(100, 20)[0]!)).toBe(' why: 0 messages read…');
  while (page.work());
  return page;
}

test('findings with their place and cause, as wide as the screen; Enter goes to the message', () => {
  const opened: MessageRef[] = [];
  const page = pageOf(refused, opened);
  const lines = page.draw(60, 20).map(textOf).filter((line) => line !== ''); // prettier-ignore
  expect(lines[0]).toBe(' why: 1 warning in 4 messages in 1 session');
  expect(lines[1]).toBe(' warning  device_del was refused: DeviceNotFound: Device');
  expect(lines[2]).toBe("          'a\\u001b' not found");
  expect(lines[3]).toMatch(/^ {10}session 1 #4 · /);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(60);
  page.open();
  expect(opened).toMatchObject([{ session: 1, seq: 4 }]);
});

test('nothing went wrong', () => {
  const lines = pageOf(exchange('stop')).draw(80, 10).map(textOf);
  expect(lines[0]).toBe(' why: nothing found that went wrong: 2 messages in 1 session');
});
