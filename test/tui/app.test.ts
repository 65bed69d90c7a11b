import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { RecordingError } from '../../src/errors.js';
import { startUi, type Ui, type UiOptions } from '../../src/tui/app.js';
import { Tap } from '../../src/proxy/tap.js';
import { MemoryRecording } from '../../src/recording/memory.js';
import type { Mark } from '../../src/recording/marks.js';
import type { RecordingInfo, RecordingReader } from '../../src/recording/ports.js';
import { greeting, latin1, recorded, type Script, sessionStart } from '../support/recorded.js';
import { TestScreen } from '../support/screen.js';

const escape = '\u001b';
const enter = '\r';
const backspace = '\u007f';

const boot: Script = [
  `<- ${greeting}`,
  '-> {"execute": "qmp_capabilities", "id": 1}',
  '<- {"return": {}, "id": 1}',
  '-> {"execute": "query-status", "id": 2}',
  '<- {"return": {"status": "running", "singlestep": false}, "id": 2}',
  '-> {"execute": "device_del", "arguments": {"id": "none"}, "id": 3}',
  '<- {"id": 3, "error": {"class": "DeviceNotFound", "desc": "Device \'none\' not found"}}',
  '<- {"timestamp": {"seconds": 1795165950, "microseconds": 1}, "event": "SHUTDOWN", "data": {"guest": true}}',
  '-> {"execute": "quit", "id": 4}',
];

function open(
  reader: RecordingReader,
  screen = new TestScreen(),
  options: Partial<UiOptions> = {},
): { screen: TestScreen; ui: Ui } {
  const terminal = { input: screen.input, output: screen.output, env: screen.env };
  const ui = startUi({ reader, terminal, ...options });
  onTestFinished(() => {
    ui.close();
  });
  return { screen, ui };
}

class Live extends MemoryRecording {
  override readonly info: RecordingInfo;
  live = true;

  constructor() {
    super();
    const isLive = (): boolean => this.live;
    this.info = {
      path: '/tmp/live.qmptap',
      format: 0,
      createdBy: '',
      created: 0,
      incomplete: undefined,
      get live() {
        return isLive();
      },
    };
  }
}

/** What the list shows of each message, without times. */
function listed(screen: TestScreen): string[] {
  return screen
    .lines()
    .slice(2, -2)
    .flatMap((line) => /(?:->|<-) (.*)/.exec(line)?.[1]?.replace(/ +/g, ' ') ?? []);
}

describe('the list', () => {
  test('a narrow one shows whole names, and no half of a time', async () => {
    const { screen } = open(recorded(boot), new TestScreen(40, 12));
    await screen.shows('qmp_capabilities');
    const lines = screen.lines();
    expect(lines.slice(2, 5)).toEqual([
      '      0.001000 <- G greeting',
      '      0.002000 -> C qmp_capabilities',
      '      0.003000 <- R qmp_capabilities',
    ]);
    expect(lines.at(-1)).toBe(' Enter open  ? all keys  Q quit');
  });

  test('counts of what was never answered only as far as it looks', async () => {
    const asked = Array.from({ length: 600 }, () => '-> {"execute":"stop"}');
    const { screen } = open(recorded([`<- ${greeting}`, ...asked]));
    await screen.shows('500+ never answered');
    screen.type('P');
    await screen.shows('500+ not over, 0 of them may still end');
  });

  test('shows each message on a line', async () => {
    const { screen } = open(recorded(boot));
    await screen.shows('quit');
    expect(screen.lines()).toEqual([
      ' qmptap  memory  finished  1 session                                     ? keys',
      '          time dir  what                                                   took',
      '      0.001000 <- G greeting             {"version": {"qemu": {"micro"…',
      '      0.002000 -> C qmp_capabilities',
      '      0.003000 <- R qmp_capabilities     {}                               1.0ms',
      '      0.004000 -> C query-status',
      '      0.005000 <- R query-status         {"status": "running", "single…   1.0ms',
      '      0.006000 -> C device_del           {"id": "none"}',
      "      0.007000 <- E device_del           DeviceNotFound: Device 'none'…   1.0ms",
      '      0.008000 <- V SHUTDOWN             {"guest": true}',
      '      0.009000 -> C quit                                                no reply',
      ...Array<string>(11).fill(''),
      ' 1 never answered, oldest quit 1.0ms                                        1/9',
      ' Enter open  / filter  P pending  s sessions  S statistics  ? all keys  Q quit',
    ]);
    expect(screen.cell(2, 0).inverse).toBe(true);
    expect(screen.cell(3, 20)).toMatchObject({ text: 'q', colour: 6 });
    expect(screen.cell(8, 20)).toMatchObject({ text: 'd', colour: 1, bold: true });
  });

  test('has no colour where none is wanted', async () => {
    const { screen } = open(
      recorded(boot),
      new TestScreen(80, 24, { TERM: 'screen-256color', NO_COLOR: '1' }),
    );
    await screen.shows('quit');
    expect(screen.cell(8, 20)).toMatchObject({ text: 'd', colour: -1, bold: true });
    expect(screen.written).not.toMatch(/\u001b\[[\d;]*3[0-7]m/);
  });

  test.each([
    [80, 24],
    [300, 100],
    [40, 10],
    [20, 6],
    [3, 3],
  ])('fits %i by %i, and again after a resize', async (columns, rows) => {
    const screen = new TestScreen(columns, rows);
    open(recorded(boot), screen);
    if (columns >= 40) await screen.shows('query-status');
    screen.type(enter);
    screen.resize(80, 24);
    await screen.shows('? keys');
    screen.resize(columns, rows);
    screen.type('G');
    if (columns >= 40) await screen.shows(/quit/);
    expect(screen.lines()).toHaveLength(rows);
  });

  test('shows hostile text as text', async () => {
    const hostile = [
      '-> {"execute": "\u00f0\u009f\u0098\u0080 \u00e2\u0080\u00aex {bold}{red-fg}{/}", "arguments": {"a": "\u00e6\u009d\u00b1"}}',
      '-> {"execute": "b\u001b[2J\u001b]0;owned\u0007"}',
      `-> {"execute": "long", "arguments": "${'x'.repeat(100_000)}"}`,
    ];
    const { screen } = open(recorded(hostile));
    await screen.shows('long');
    expect(screen.text()).toContain('\\ud83d\\ude00 \\u202ex {bold}{red-fg}{/}');
    expect(screen.text()).toContain('\\u001b');
    expect(screen.written).not.toContain('owned\u0007');
    screen.type(`G${enter}`);
    await screen.shows('100 kB "xxx');
  });

  test('shows absolute time, and the session where there are several', async () => {
    const { screen } = open(recorded(boot, boot));
    await screen.shows('#1');
    screen.type('t');
    await screen.shows(/\d\d:\d\d:\d\d\.\d{3} <- G/);
  });

  test('says that there is nothing', async () => {
    const { screen } = open(recorded());
    await screen.shows('no messages yet');
    screen.type(`${enter}jjkkG[]yzx;n`);
    await screen.shows('no filter yet');
  });
});

describe('the filter', () => {
  test('shows what matches while it is typed, with the error under its character', async () => {
    const { screen } = open(recorded(boot));
    screen.type('/cmd:query-*');
    await screen.shows(/^\/cmd:query-\*$/m);
    expect(listed(screen)).toEqual(['C query-status', 'R query-status {"status": "running", "single… 1.0ms']);
    screen.type(' dur>x');
    await screen.shows('^');
    const [above, below] = screen.lines().slice(-2);
    expect(above?.indexOf('^')).toBe(below?.indexOf('x'));
    screen.type(enter);
    screen.type(`${backspace}1ms or kind:event${enter}`);
    await screen.shows('filter: cmd:query-* dur>1ms or kind:…');
    expect(listed(screen)).toEqual(['V SHUTDOWN {"guest": true}']);
    screen.type(escape);
    await screen.shows('C quit');
    expect(listed(screen)).toHaveLength(9);
  });

  test('goes back to what it was at Esc, and has a history', async () => {
    const { screen } = open(recorded(boot), new TestScreen(), { filter: 'kind:event' });
    await screen.shows('SHUTDOWN');
    screen.type(`/${backspace.repeat(20)}kind:error`);
    await screen.shows('DeviceNotFound');
    screen.type(escape);
    await screen.shows('filter: kind:event');
    screen.type(`/\u0015kind:error${enter}/\u0015\u001b[A`);
    await screen.shows(/^\/kind:error$/m);
  });

  test('completes', async () => {
    const { screen } = open(recorded(boot));
    screen.type('/cm\t');
    await screen.shows(/^\/cmd:$/m);
    screen.type('q\t');
    await screen.shows('query-status  quit');
    screen.type('ue\t');
    await screen.shows(/^\/cmd:query-status$/m);
    expect(screen.cursor).toEqual({ row: 23, column: 17 });
  });

  test('its matches are gone through in the whole list after it was dropped', async () => {
    const { screen } = open(recorded(boot));
    screen.type(`/cmd:device_del${enter}${escape}`);
    await screen.shows('SHUTDOWN');
    screen.type('gn');
    await screen.shows(' 6/9');
    screen.type('n');
    await screen.shows(' 7/9');
    screen.type('n');
    await screen.shows('no further match');
    screen.type('N');
    await screen.shows(' 6/9');
  });
});

describe('a message', () => {
  test('opens as a tree, with the other half beside it', async () => {
    const { screen } = open(recorded(boot), new TestScreen(120, 30));
    screen.type(`jjjj${enter}`);
    await screen.shows('status: "running"');
    expect(screen.text()).toMatch(/R #1\/5 <- success query-status .*\| C #1\/4 -> command query-status/);
    screen.type('z');
    await screen.shows('+ return: {"status"');
    screen.type('\t\t[');
    await screen.shows(' 4/9');
    screen.type(escape);
    screen.type('g]');
    await screen.shows('there is no response to go to');
  });

  test('is searched, in what is folded too', async () => {
    const { screen } = open(recorded(boot));
    screen.type(`jjjj${enter}z/SINGLE${enter}`);
    await screen.shows('singlestep: false');
    screen.type(`/nowhere${enter}`);
    await screen.shows('not in this message: nowhere');
  });

  test('shows its bytes, and its own time', async () => {
    const { screen } = open(recorded(boot));
    screen.type(`jjjjjjj${enter}`);
    await screen.shows(/V #1\/8 <- event SHUTDOWN .*stamped/);
    screen.type('x');
    await screen.shows('"guest": true}}\\r\\n');
    screen.type('x');
    await screen.shows(/00000000 {2}7b 22 74 .*\|\{"timest/);
  });

  test('goes to the clipboard by OSC 52', async () => {
    const { screen } = open(recorded(boot));
    screen.type('jy');
    await screen.shows('clipboard');
    const copied = /\u001b\]52;c;([^\u0007]*)\u0007/.exec(screen.written)?.[1] ?? '';
    expect(Buffer.from(copied, 'base64').toString()).toBe('{"execute": "qmp_capabilities", "id": 1}');
  });
});

test('a message of ten megabytes is opened, folded and searched', async () => {
  const nodes = Array.from({ length: 100_000 }, (_, n) => `{"node": ${n}, "text": "${'y'.repeat(80)}"}`);
  const script = ['-> {"execute": "big"}', `<- {"return": [${nodes.join(', ')}]}`];
  const { screen } = open(recorded(script));
  screen.type(`j${enter}${enter}`);
  await screen.shows('+ 0..9999:');
  screen.type(`/"node": 77777${enter}`);
  await screen.shows('node: 77777');
  screen.type('xx');
  await screen.shows('00000000  7b 22 72 65 74 75 72 6e');
  screen.type('G');
  await screen.shows(/\|.*\.\.\|/);
});

describe('pages', () => {
  test('who holds the monitor', async () => {
    const { screen } = open(recorded(boot));
    screen.type('P');
    await screen.shows('1 not over, 0 of them');
    expect(screen.text()).toMatch(/1\.0ms x +quit +#1\/9/);
    screen.type(enter);
    await screen.shows(' 9/9');
  });

  test('sessions, and one of them', async () => {
    const { screen } = open(recorded(boot, boot));
    screen.type('s');
    await screen.shows('sessions: 2');
    screen.type(`jj${enter}`);
    await screen.shows('session 2');
    expect(listed(screen)).toHaveLength(9);
    screen.type('q');
    await screen.shows('2 sessions');
  });

  test('statistics', async () => {
    const { screen } = open(recorded(boot));
    screen.type('S');
    await screen.shows('statistics: 9 messages');
    expect(screen.text()).toMatch(/device_del +1 +1 +1\.0ms/);
    expect(screen.text()).toMatch(/SHUTDOWN +1/);
  });

  test('Escape and a key at once are two keys, as are two Escapes', async () => {
    const { screen } = open(recorded(boot));
    screen.type(enter);
    await screen.shows('G #1/1 <- greeting');
    screen.type(`${escape}S`);
    await screen.shows('statistics: 9 messages');
    screen.type('S');
    await screen.shows('S statistics');
    screen.type(`/kind:event${enter}${enter}`);
    await screen.shows('event SHUTDOWN');
    screen.type(`${escape}${escape}`);
    await screen.shows('C quit');
  });

  test('all keys', async () => {
    const { screen } = open(recorded(boot));
    screen.type('?');
    await screen.shows('keys');
    screen.type('G');
    await screen.shows('both, either');
    screen.type('q');
    await screen.shows('query-status');
  });
});

describe('marks and notes', () => {
  test('are kept, shown and gone to', async () => {
    const kept: Mark[] = [];
    const marks = {
      marks: () => kept,
      put: (mark: Mark) => void kept.push(mark),
      remove: vi.fn(),
    };
    const { screen } = open(recorded(boot), new TestScreen(), { marks });
    screen.type(`jmjj;slow here${enter}`);
    await screen.shows('note: slow here');
    expect(kept).toEqual([
      { session: 1, seq: 2, note: undefined },
      { session: 1, seq: 4, note: 'slow here' },
    ]);
    expect(screen.lines()[3]?.[0]).toBe('*');
    expect(screen.lines()[5]?.[0]).toBe(';');
    screen.type("g'");
    await screen.shows(' 2/9');
    screen.type('m');
    await screen.shows('mark taken off');
    expect(marks.remove).toHaveBeenCalledWith(expect.objectContaining({ session: 1, seq: 2 }));
  });
});

describe('export and send', () => {
  test('export what is shown', async () => {
    const exportTo = vi.fn().mockResolvedValue(1);
    const { screen } = open(recorded(boot), new TestScreen(), {
      exportTo,
      exportEndings: ['.jsonl', '.html'],
      filter: 'kind:event',
    });
    screen.type('e');
    await screen.shows('export what is shown to (.jsonl .html):');
    screen.type(`/tmp/x.jsonl${enter}`);
    await screen.shows('1 messages written to /tmp/x.jsonl');
    expect(exportTo).toHaveBeenCalledWith('/tmp/x.jsonl', { op: 'glob', field: 'kind', glob: 'event' });
  });

  test('sending is off unless asked for, and needs an open session', async () => {
    const { screen } = open(recorded(boot));
    screen.type(':');
    await screen.shows('--allow-send');
    const send = vi.fn().mockResolvedValue(undefined);
    const other = open(recorded(boot), new TestScreen(), { send }).screen;
    other.type(':');
    await other.shows('nobody to send to');
    const live = new Live();
    live.openSession(1, sessionStart());
    const third = open(live, new TestScreen(), { send }).screen;
    third.type(`:{"execute": "stop"}${enter}`);
    await third.shows('sent');
    expect(send).toHaveBeenCalledWith(1, '{"execute": "stop"}');
  });
});

describe('a live recording', () => {
  test('is followed until one moves up, counted, and taken up again', async () => {
    const live = new Live();
    const tap = new Tap(live);
    let t = 0;
    const say = (text: string): void => {
      tap.chunk(1, {
        dir: text.startsWith('->') ? 'c2s' : 's2c',
        t: (t += 1e6),
        bytes: latin1(`${text.slice(3)}\r\n`),
        fds: 0,
      });
    };
    tap.open(1, sessionStart({ started: Date.now() * 1000 }), 0);
    say('-> {"execute": "first"}');
    const { screen } = open(live);
    await screen.shows(/LIVE.*\n.*\n.*C first .*…$/m);
    await screen.shows('1 pending, oldest first');
    say('<- {"return": {}}');
    await screen.shows('nothing pending');
    for (let n = 0; n < 30; n++) say(`<- {"event": "E${n}"}`);
    await screen.shows('E29');
    expect(screen.text()).toContain('FOLLOW');
    screen.type('kk');
    await screen.shows('+0 new');
    say('<- {"event": "LATER"}');
    await screen.shows('+1 new, F follows');
    screen.type('F');
    await screen.shows('LATER');
    screen.type('p');
    await screen.shows('PAUSED');
    live.live = false;
    screen.type('p');
    await screen.shows('finished');
  });
});

describe('the terminal', () => {
  test.each(['Q', '\u0003'])('is given back after %j', async (key) => {
    const before = process.listenerCount('exit');
    const { screen, ui } = open(recorded(boot));
    await screen.shows('quit');
    expect([screen.alternate, screen.raw]).toEqual([true, true]);
    screen.type(key);
    await ui.finished;
    await screen.shows(/^\s*$/);
    expect([screen.alternate, screen.raw]).toEqual([false, false]);
    expect(process.listenerCount('exit')).toBe(before);
  });

  test('is given back when the UI fails', async () => {
    const reader = recorded(boot);
    const { screen, ui } = open(reader);
    await screen.shows('quit');
    vi.spyOn(reader, 'message').mockImplementation(() => {
      throw new Error('a fault');
    });
    screen.type(enter);
    await expect(ui.finished).rejects.toThrow('a fault');
    expect(screen.raw).toBe(false);
  });

  test('is given back when the recording cannot be read any more', async () => {
    const reader = recorded(boot);
    const { screen, ui } = open(reader);
    await screen.shows('C quit');
    vi.spyOn(reader, 'message').mockImplementation(() => {
      throw new RecordingError('a.qmptap: the file is damaged', { path: 'a.qmptap' });
    });
    screen.type(enter);
    await expect(ui.finished).rejects.toThrow('the file is damaged');
    expect(screen.raw).toBe(false);
  });

  test('takes the mouse', async () => {
    const { screen } = open(recorded(boot));
    await screen.shows('quit');
    screen.type('\u001b[M !&'); // button 0 at column 0, row 5
    await screen.shows(' 4/9');
    screen.type('\u001b[M !&');
    await screen.shows('C #1/4 -> command query-status');
  });

  test('an unknown one is taken for an xterm', async () => {
    const { screen } = open(recorded(boot), new TestScreen(80, 24, { TERM: 'made-up' }));
    await screen.shows('query-status');
  });

  test.each(['xterm', 'xterm-256color', 'screen', 'screen-256color', 'tmux-256color', 'linux', 'rxvt'])(
    'works as %s',
    async (TERM) => {
      const { screen } = open(recorded(boot), new TestScreen(80, 24, { TERM }));
      await screen.shows(/C quit +no reply/);
      expect(screen.lines()[0]).toMatch(/^ qmptap {2}memory/);
    },
  );
});
