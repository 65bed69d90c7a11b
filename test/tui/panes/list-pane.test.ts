import { describe, expect, test } from 'vitest';
import { MessageView } from '../../../src/inspect/view/view.js';
import type { Session } from '../../../src/recording/session.js';
import { listHeading, listLines, type ListSurroundings } from '../../../src/tui/panes/list-pane.js';
import { type Conversation, exchange, type Line, played } from '../../support/conversation.js';
import { textOf } from '../../support/scene.js';

function drawn(sessions: (Conversation | readonly Line[])[], more: Partial<ListSurroundings> = {}): string[] {
  const reader = played(...sessions);
  const known = new Map<number, Session>(reader.sessions().map((session) => [session.id, session]));
  const view = new MessageView(reader, { height: 4, now: () => 0 });
  const around = {
    width: 80,
    time: 'relative' as const,
    sessions: known,
    live: false,
    active: true,
    sign: () => ' ',
    ...more,
  };
  return [listHeading(around), ...listLines(view, around)].map(textOf);
}

describe('the list', () => {
  test('a line for each message, with its time, direction, kind, name and latency', () => {
    const lines = drawn([[...exchange('stop', { a: 1 }, { b: 2 }), ['->', { execute: 'quit' }]]]);
    expect(lines.map((line) => line.replace(/ {2,}/g, '  '))).toEqual([
      '  time dir  what  took',
      '  0.001000 -> C stop  {"a":1}',
      '  0.002000 <- R stop  {"b":2}  1.0ms',
      '  0.003000 -> C quit  no reply',
      '',
    ]);
  });

  test('a slow answer has a sign, and a command that runs its time so far', () => {
    expect(drawn([exchange('stop', undefined, {}, 2500)])[2]).toMatch(/2\.5s!$/);
    const open = { lines: exchange('stop').slice(0, 1), started: Date.now() * 1000 - 60e6, end: undefined };
    expect(drawn([open], { live: true })[1]).toMatch(/ 1m\d\ds…$/);
    expect(drawn([open], { live: false })[1]).toMatch(/no reply$/);
  });

  test('the session stands there if there are several', () => {
    const lines = drawn([{ label: 'vm', lines: exchange('stop') }, exchange('cont')]);
    expect([lines[1], lines[3]]).toEqual([
      expect.stringMatching(/^ vm +0\.001/),
      expect.stringMatching(/^ #2 +0\.001/),
    ]);
  });

  test('a mark stands in front', () => {
    expect(drawn([exchange('stop')], { sign: ({ seq }) => (seq === 2 ? '*' : ' ') })[2]).toMatch(/^\* /);
  });

  test('says that there is nothing', () => {
    expect(drawn([[]])[1]).toBe('  no messages yet');
  });

  test('no line is wider than the screen, and no time is cut', () => {
    for (const width of [30, 40, 60, 120]) {
      for (const line of drawn([exchange('query-status', undefined, { long: 'x'.repeat(500) })], { width })) {
        if (width >= 40) expect(line.length).toBeLessThanOrEqual(width);
        expect(line).not.toMatch(/\d…$/);
      }
    }
  });
});
