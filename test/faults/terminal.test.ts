import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, existsSync, openSync, readFileSync, writeSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Peers, Rig } from '../support/fault-rig.js';
import { testFolder } from '../support/folder.js';
import { type PtyOptions, PtyScreen } from '../support/pty-screen.js';
import { greeting } from '../support/recorded.js';
import { until } from '../support/until.js';

/** Traffic goes on, and all of it is in the file at the end. */
async function goesOn({ client, server }: Peers): Promise<void> {
  server.flood(1000, server.sent.length + 300_000);
  await client.converse(20);
  await client.end();
}

/** A pipe that nobody reads; `full`: and that takes nothing more. */
function pipe(full: boolean): number {
  const path = join(testFolder(), 'pipe');
  execFileSync('mkfifo', [path]);
  const hold = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  const end = openSync(path, constants.O_WRONLY);
  onTestFinished(() => {
    closeSync(hold);
    closeSync(end);
  });
  try {
    while (full) writeSync(hold, Buffer.alloc(4096));
  } catch {
    // That was all it takes.
  }
  return end;
}

describe('standard output and error', () => {
  test('output closed by its reader: the recording goes on, and the user is told once', async () => {
    const rig = await Rig.start({ flags: [] });
    const peers = await rig.connect();
    rig.recorder.child.stdout?.destroy();
    await peers.client.converse(5);
    await rig.recorder.says(/nobody reads standard output any more; the recording goes on/);
    await goesOn(peers);
    await rig.endWhole();
    expect(rig.told()).toHaveLength(1);
  });

  test('both closed: the recording goes on', async () => {
    const rig = await Rig.start({ flags: [] });
    const peers = await rig.connect();
    rig.recorder.child.stdout?.destroy();
    rig.recorder.child.stderr?.destroy();
    await peers.client.converse(5);
    await goesOn(peers);
    await goesOn(await rig.connect());
    await rig.endWhole();
  });

  test.each([
    ['a pipe', (): number | 'pipe' => pipe(false)],
    ['a socket', (): number | 'pipe' => 'pipe'],
  ])('output to %s that nobody reads: neither traffic nor memory waits for that', async (_what, output) => {
    const rig = await Rig.start({ flags: ['--json'], spawn: { stdio: ['ignore', output(), 'pipe'] } });
    rig.recorder.child.stdout?.pause();
    const peers = await rig.connect();
    await peers.client.converse(5);
    const before = rig.memory('VmHWM');
    peers.server.flood(1000, 60e6);
    await goesOn(peers);
    // What waits to be shown waits in the file; kept in memory, it would be more than the flood.
    expect(rig.memory('VmHWM') - before).toBeLessThan(80_000);
    await rig.endWhole();
    expect(rig.told()).toHaveLength(1);
    expect(rig.told()[0]).toMatch(/standard output was not read to the end; `qmptap show .*` shows all/);
  });

  test('diagnostics that nobody takes: the traffic does not wait for that, and neither does the end', async () => {
    const error = pipe(true);
    const rig = await Rig.start({ silent: true, spawn: { stdio: ['ignore', 'ignore', error] } });
    for (let session = 0; session < 5; session++) await goesOn(await rig.connect());
    await rig.endWhole();
  });

  test('a terminal that is halted (Ctrl-S): the traffic does not wait for that', async () => {
    let screen!: PtyScreen;
    const rig = await Rig.start({
      flags: [],
      startWith: (command, args) => (screen = new PtyScreen(command, args)),
    });
    await screen.shows('recording');
    const first = await rig.connect();
    await first.client.converse(5);
    await screen.shows('query-status');
    screen.type('\u0013');
    await goesOn(first);
    const second = await rig.connect();
    await goesOn(second);
    screen.signal('SIGTERM');
    expect((await screen.ended).exitCode).toBe(143);
    rig.expectAllPassed();
    rig.expectWhole();
  });
});

/** A recorder in a terminal, and the lines of its live view as they were written: what is drawn, and in what colours. */
async function liveView(
  options: PtyOptions,
  script = 'exec "$@"',
): Promise<{ screen: PtyScreen; peers: Peers; line: (what: string) => Promise<string> }> {
  let screen!: PtyScreen;
  const startWith = (file: string, args: string[]): void =>
    void (screen = new PtyScreen('sh', ['-c', script, 'sh', file, ...args], options));
  const rig = await Rig.start({ flags: [], startWith });
  const line = (what: string): Promise<string> =>
    until(`${what} to be shown`, () =>
      screen.written.split('\r\n').find((one, place, all) => one.includes(what) && place < all.length - 1),
    );
  return { screen, peers: await rig.connect(), line };
}

const [cyan, dim, plain] = ['36', '2', ''];
const inColour = (line: string): string => /\u001b\[(\d+)m/.exec(line)?.[1] ?? '';
const lengthOf = (line: string): number => line.replaceAll(/\u001b\[\d+m/g, '').length;

describe('the live view in a terminal', () => {
  test('is coloured, and cut to the width, also to that of a terminal that was resized', async () => {
    const { screen, peers, line } = await liveView({ columns: 60 });
    const greeted = await line('{"QMP"');
    expect([inColour(greeted), lengthOf(greeted), greeted.includes('…')]).toEqual([dim, 60, true]);
    expect(lengthOf(await line('# session 1'))).toBe(60);
    peers.client.command();
    expect(inColour(await line('qmp_capabilities'))).toBe(cyan);
    screen.resize(90, 30);
    // The recorder is told of it by a signal, on which nobody can wait.
    await until('lines of another width', () => {
      peers.server.event(200);
      return screen.written.split('\r\n').some((one) => one.includes('timestamp') && lengthOf(one) === 90);
    });
    expect(screen.written.split('\r\n').some((one) => lengthOf(one) > 90 && !one.includes('INFO'))).toBe(
      false,
    );
  });

  test.each([
    ['with NO_COLOR', { env: { NO_COLOR: '1' } }],
    ['with TERM=dumb', { env: { TERM: 'dumb' } }],
  ])('%s is not coloured, but cut; and so is what is said beside it', async (_how, options) => {
    const { screen, line } = await liveView({ columns: 70, ...options });
    expect(lengthOf(await line('{"QMP"'))).toBe(70);
    await line('INFO');
    expect(screen.written).not.toContain('\u001b');
  });

  test('of unknown width is cut to 80 columns', async () => {
    const { line } = await liveView({ columns: 100 }, 'stty cols 0; exec "$@"');
    expect(lengthOf(await line('{"QMP"'))).toBe(80);
  });

  test('but not elsewhere: to a pipe all is written, plain', async () => {
    const rig = await Rig.start({ flags: [] });
    await rig.connect();
    const [, line] = await rig.recorder.says(/^(.*\{"QMP".*)$/m, 'stdout');
    expect([inColour(line!), line!.endsWith(greeting)]).toEqual([plain, true]);
  });
});

describe('a terminal that is gone', () => {
  test.each([
    ['of a plain recorder', [], 'recording'],
    ['of one with --ui', ['--ui'], '1 session'],
  ])('%s: its sessions go on, are recorded, and then it ends', async (_what, flags, shows) => {
    let screen!: PtyScreen;
    const code = join(testFolder(), 'code');
    // The kernel tells the shell alone, which tells its children, as shells do.
    const script = `
      exec 3<&0; "$@" <&3 & child=$!; trap 'kill -HUP $child' HUP
      while kill -0 $child 2> /dev/null; do wait $child; code=$?; done
      echo $code > "$0.new"; mv "$0.new" "$0"`;
    const rig = await Rig.start({
      flags,
      startWith: (...words) => (screen = new PtyScreen('sh', ['-c', script, code, words[0], ...words[1]])),
    });
    const peers = await rig.connect();
    await peers.client.converse(5);
    await screen.shows(shows);
    screen.hangUp();
    await goesOn(peers);
    await until('the end', () => existsSync(code));
    expect(readFileSync(code, 'utf8')).toBe('129\n');
    rig.expectAllPassed();
    rig.expectWhole();
    expect(rig.incomplete()).toBeUndefined();
  });

  test('takes no new clients; the user is told once; ends with the last session', async () => {
    const rig = await Rig.start();
    const peers = await rig.connect();
    await peers.client.converse(5);
    rig.recorder.signal('SIGHUP');
    await rig.recorder.says(/the terminal is gone; the sessions that run go on until their end/);
    rig.recorder.signal('SIGHUP');
    const late = connect(rig.address);
    expect(((await once(late, 'error')) as [NodeJS.ErrnoException])[0].code).toMatch(/ENOENT|ECONNREFUSED/);
    await goesOn(peers);
    expect(await rig.recorder.ended).toBe(129);
    rig.expectAllPassed();
    rig.expectWhole();
    expect(rig.told()).toHaveLength(1);
  });

  test('without a session: ends at once', async () => {
    const rig = await Rig.start();
    expect(await rig.end('SIGHUP')).toBe(129);
    expect(rig.expectPrefix()).toEqual([]);
  });

  test('of one started by nohup: nothing changes', async () => {
    const unreadable = openSync('/dev/null', 'w');
    onTestFinished(() => {
      closeSync(unreadable);
    });
    const rig = await Rig.start({ spawn: { stdio: [unreadable, 'pipe', 'pipe'] } });
    rig.recorder.signal('SIGHUP');
    await goesOn(await rig.connect());
    rig.recorder.signal('SIGHUP');
    await goesOn(await rig.connect());
    expect(await rig.end()).toBe(143);
    rig.expectWhole();
  });
});
