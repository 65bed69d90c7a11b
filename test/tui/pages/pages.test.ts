import { describe, expect, test } from 'vitest';
import type { Session } from '../../../src/recording/session.js';
import { helpPage, pendingPage, sessionsPage } from '../../../src/tui/pages/pages.js';
import type { PageContent } from '../../../src/tui/pages/page.js';
import type { PendingItem } from '../../../src/tui/pages/pending.js';
import { keymap } from '../../../src/tui/input/keymap.js';
import { exchange, played } from '../../support/conversation.js';
import { textOf } from '../../support/scene.js';

const lines = ({ length, entry }: PageContent): string[] =>
  Array.from({ length }, (_, place) => textOf(entry(place).line).replace(/ {2,}/g, '  '));
const sessions = played({ label: 'vm', lines: exchange('stop') }, exchange('cont')).sessions();
const byId = new Map<number, Session>(sessions.map((session) => [session.id, session]));

describe('pendingPage', () => {
  const item = (more: Partial<PendingItem>): PendingItem => ({
    session: 1,
    seq: 3,
    name: 'stop',
    story: false,
    running: true,
    age: 65e9,
    ...more,
  });

  test('a line for each, with how long, and what may still end', () => {
    const chosen: string[] = [];
    const items = [item({}), item({ name: 'job\u001b', running: false, session: 2 })];
    const page = pendingPage(items, byId, ({ name }) => chosen.push(name));
    expect(page.title).toBe('2 not over, 1 of them may still end');
    expect(lines(page)).toEqual(['  1m05s  stop  #1/3 vm', '  1m05s x  job\\u001b  #2/3']);
    page.entry(1).open?.();
    expect(chosen).toEqual(['job\u001b']);
  });

  test('nothing', () => {
    expect(pendingPage([], byId, () => undefined).title).toContain('nothing is pending');
  });
});

describe('sessionsPage', () => {
  test('all of them, then each by itself', () => {
    const chosen: (number | undefined)[] = [];
    const page = sessionsPage(sessions, false, (session) => chosen.push(session));
    expect(page.title).toBe('sessions: 2');
    const [all, first, second] = lines(page);
    expect(all).toBe(' all sessions');
    expect(first).toMatch(
      /^ {2}1 vm {2}QMP server {2}\d\d:\d\d:\d\d {2}2\.0ms {2}2 {2}\d+ B client-closed {2}unix:\/client$/,
    );
    expect(second).toMatch(/^ {2}2 - /);
    for (const place of [0, 2]) page.entry(place).open?.();
    expect(chosen).toEqual([undefined, 2]);
  });

  test('one without an end is open or cut off, and its notes are told', () => {
    const open = sessions.map((session) => ({
      ...session,
      end: undefined,
      endReason: 'why\n',
      notes: ['odd\u001b'],
    }));
    expect(lines(sessionsPage(open, true, () => undefined))[1]).toMatch(/ open \(why\\n\) .* ! odd\\u001b$/);
    expect(lines(sessionsPage(open, false, () => undefined))[1]).toContain(' cut-off ');
  });
});

test('the help has every key, kind and sign', () => {
  const help = lines(helpPage(true, 80));
  for (const { help: what } of keymap) expect(help.some((line) => line.includes(what))).toBe(true);
  expect(help.join('\n')).toMatch(/G greeting.*R success response/);
  expect(lines(helpPage(false, 80)).join('\n')).not.toContain('--allow-send');
});
