import { describe, expect, test } from 'vitest';
import { MessageView } from '../../../src/inspect/view/view.js';
import type { RecordingInfo } from '../../../src/recording/ports.js';
import type { Session } from '../../../src/recording/session.js';
import { lineLength } from '../../../src/tui/screen/line.js';
import { statusLine, type StatusParts, titleLine } from '../../../src/tui/screen/status-bar.js';
import { exchange, played } from '../../support/conversation.js';
import { textOf } from '../../support/scene.js';

const reader = played({ label: 'vm', lines: exchange('stop') });
const sessions = new Map<number, Session>(reader.sessions().map((session) => [session.id, session]));
const info: RecordingInfo = { ...reader.info, path: '/tmp/a.qmptap' };

describe('the title', () => {
  const title = (more: Partial<RecordingInfo>, only?: number, width = 60): string =>
    textOf(titleLine({ ...info, ...more }, sessions, only, width)).replace(/ {2,}/g, '  ');

  test('the file, how it stands, and which session', () => {
    expect(title({})).toBe(' qmptap  a.qmptap  finished  1 session  ? keys');
    expect(title({ live: true }, 1)).toBe(' qmptap  a.qmptap  LIVE  session 1 vm  ? keys');
    expect(title({ live: true, filesBeside: ['/tmp/b', '/tmp/c'] })).toContain('LIVE in 3 files');
    expect(title({ incomplete: 'cut\n' }, undefined, 90)).toContain('INCOMPLETE: cut\\n');
  });

  test('is as wide as the screen, with the key for help at its end', () => {
    for (const width of [20, 40, 100])
      expect(lineLength(titleLine(info, sessions, undefined, width))).toBe(width);
    expect(title({}, undefined, 20)).toMatch(/…\? keys$/);
  });
});

describe('the status', () => {
  const view = new MessageView(reader, { height: 5, now: () => 0 });
  const item = { session: 1, seq: 1, name: 'stop', story: false, running: true, age: 5e9 };
  const status = (more: Partial<StatusParts> = {}): string =>
    textOf(statusLine({ view, filter: '', pending: [], live: false, width: 80, ...more })).replace(
      / {2,}/g,
      '  ',
    );

  test('who holds the monitor, the filter, and where the focus is', () => {
    expect(status()).toBe(' nothing pending  1/2');
    expect(status({ pending: [item], live: true, filter: 'cmd:stop' })).toMatch(
      /^ 1 pending, oldest stop 5\.0s {2}filter: cmd:stop {2}1\/2/,
    );
    expect(status({ pending: [item] })).toBe(' 1 never answered, oldest stop 5.0s  1/2');
    expect(status({ pending: [{ ...item, running: false }], live: true })).toMatch(
      /^ nothing pending \(1 never ended\)/,
    );
  });

  test('a command that waits holds the monitor, however old what is only not over is', () => {
    const removal = { ...item, seq: 3, name: 'removal net3', story: true, age: 60e9 };
    expect(status({ pending: [removal, item], live: true, width: 120 })).toMatch(
      /^ 1 pending, oldest stop 5\.0s {2}1 not over, oldest removal net3 \S+ {2}1\/2/,
    );
    expect(status({ pending: [removal], live: true })).toMatch(/^ 1 not over, oldest removal net3/);
    expect(status({ pending: [removal, item] })).toMatch(
      /^ 1 never answered, .* {2}1 never ended, oldest removal/,
    );
  });

  test('a live one says whether it is followed', () => {
    const live = new MessageView(reader, { height: 5, now: () => 0 });
    const shown = (): string => status({ view: live, live: true });
    expect(shown()).toMatch(/\+0…? new, F follows$/);
    live.follow(true);
    expect(shown()).toMatch(/FOLLOW$/);
    live.pause(true);
    expect(shown()).toMatch(/PAUSED$/);
  });

  test('is as wide as the screen', () => {
    const filter = 'x'.repeat(100);
    for (const width of [40, 60, 100])
      expect(lineLength(statusLine({ view, filter, pending: [item], live: true, width }))).toBe(width);
  });
});
