import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { StoredMarks } from '../../src/store/read/marks.js';
import { openRecording } from '../../src/store/index/open.js';
import { MessageFile } from '../support/message-file.js';
import { testFolder } from '../support/folder.js';
import { message } from '../support/message.js';
import { PtyScreen } from '../support/pty-screen.js';
import { greeting, sessionStart } from '../support/recorded.js';
import { until } from '../support/until.js';

const main = 'dist/cli/main.js';

function recording(): string {
  const path = join(testFolder(), 'events.qmptap');
  using file = new MessageFile(path);
  file.openSession(1, sessionStart());
  for (let seq = 1; seq <= 500; seq++) {
    file.add(message('event', `{"event": "EVENT_${seq}"}`, { seq, name: `EVENT_${seq}`, t: seq * 1e6 }));
  }
  file.updateSession(1, { ended: 1e9, end: 'client-closed' });
  file.finish();
  return path;
}

/** Runs it in a shell that tells the terminal's modes afterwards. */
function inShell(...args: string[]): PtyScreen {
  const script =
    'trap : INT; node "$@"; echo "code $?"; stty -a | tr " ;" "\\n\\n" | grep -E "^-?(icanon|echo|isig)$" | xargs';
  return new PtyScreen('sh', ['-c', script, 'sh', main, ...args]);
}

function childrenOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return text.split(' ').filter(Boolean).map(Number);
}

const cooked = /code (\d+)\nisig icanon echo/;

describe('qmptap ui in a pseudo-terminal', () => {
  test('opens, follows a resize, and gives the terminal back at Q', async () => {
    const screen = inShell('ui', recording());
    await screen.shows('EVENT_26');
    screen.resize(80, 12);
    await screen.shows(/EVENT_8\n[^\n]*1\/500\n[^\n]*$/);
    screen.type('G');
    await screen.shows('500/500');
    screen.resize(200, 50);
    await screen.shows('EVENT_460');
    screen.type('Q');
    await screen.shows(cooked);
    expect(cooked.exec(screen.text())?.[1]).toBe('0');
    expect(screen.alternate).toBe(false);
  });

  test('exports what is shown, and keeps marks', async () => {
    const path = recording();
    const screen = inShell('ui', path, 'EVENT_49');
    await screen.shows('EVENT_499');
    const to = join(testFolder(), 'shown.jsonl');
    screen.type(`m;see\re${to}\r`);
    await screen.shows('11 messages written');
    const lines = readFileSync(to, 'utf8').trimEnd().split('\n');
    expect(lines.filter((line) => line.includes('"type":"message"'))).toHaveLength(11);
    screen.type(`e${to}\r`);
    await screen.shows('it exists already');
    expect(new StoredMarks(path).marks()).toEqual([{ session: 1, seq: 49, note: 'see' }]);
    screen.type('Q');
    await screen.shows(cooked);
  });

  test('gives it back at Ctrl-C, in the middle of a prompt too', async () => {
    const screen = inShell('ui', recording());
    await screen.shows('EVENT_26');
    screen.type('/EVENT_3');
    await screen.shows(/^\/EVENT_3$/m);
    screen.type('\u0003\u0003');
    await screen.shows(cooked);
    expect(screen.alternate).toBe(false);
  });

  test('ends with the signal, and gives it back', async () => {
    const screen = new PtyScreen(process.execPath, [main, 'ui', recording()]);
    await screen.shows('EVENT_26');
    screen.signal('SIGTERM');
    expect(await screen.ended).toMatchObject({ exitCode: 143 });
    await until('the main screen', () => !screen.alternate);
    expect(screen.written).toContain('\u001b[?25h');
  });

  test('says in a line what it cannot open', async () => {
    const screen = inShell('ui', '/nowhere.qmptap');
    await screen.shows('qmptap: /nowhere.qmptap: no such file');
    await screen.shows('code 1');
    const other = inShell('ui', recording(), 'dur>x');
    await other.shows('code 2');
  });
});

describe('qmptap record --ui', () => {
  interface Bed {
    readonly screen: PtyScreen;
    readonly path: string;
    readonly say: (text: string) => Promise<string>;
  }

  /** A server that greets and answers, a recorder before it, a client. */
  async function bed(): Promise<Bed> {
    const folder = testFolder();
    const server = createServer((socket) => {
      socket.write(`${greeting}\r\n`);
      socket.on('data', () => socket.write('{"return": {}}\r\n'));
    }).listen(join(folder, 'server'));
    await once(server, 'listening');
    const path = join(folder, 'a.qmptap');
    const listen = join(folder, 'tap');
    const args = ['record', '--listen', listen, '--connect', join(folder, 'server'), '-o', path, '--ui'];
    const screen = inShell(...args);
    await screen.shows('no messages yet');
    await screen.shows(`recording unix:${listen}`);
    const client = connect(listen).setEncoding('utf8');
    onTestFinished(() => {
      client.destroy();
      server.close();
    });
    await once(client, 'data');
    return {
      screen,
      path,
      say: async (text) => {
        client.write(`${text}\n`);
        return String((await once(client, 'data'))[0]);
      },
    };
  }

  test('quitting the UI leaves the recording going on', async () => {
    const { screen, path, say } = await bed();
    await say('{"execute": "first"}');
    await screen.shows('first');
    screen.type('Q');
    await screen.shows('the recording goes on');
    expect(await say('{"execute": "second"}')).toContain('return');
    screen.type('\u0003');
    await screen.shows(/code 130/);
    using reader = openRecording(path);
    expect(
      [...reader.messages({ where: { op: 'glob', field: 'kind', glob: 'command' } })].map(({ name }) => name),
    ).toEqual(['first', 'second']);
  });

  test('Ctrl-C ends the recorder from the moment in which the UI has left the screen', async () => {
    const { screen } = await bed();
    screen.answer('\u001b[?1049l', '\u0003');
    screen.type('Q');
    await screen.shows(/code 130/);
  });

  test('a UI that is killed leaves the recording going on, and the terminal usable', async () => {
    const { screen, path, say } = await bed();
    const [recorder = 0] = childrenOf(screen.pid);
    const [ui = 0] = childrenOf(recorder);
    expect(ui).toBeGreaterThan(0);
    process.kill(ui, 'SIGKILL');
    await screen.shows('the recording goes on');
    expect(screen.alternate).toBe(false);
    expect(await say('{"execute": "after"}')).toContain('return');
    process.kill(recorder, 'SIGTERM');
    await screen.shows(cooked);
    using reader = openRecording(path);
    expect([...reader.messages()].some(({ name }) => name === 'after')).toBe(true);
  });

  test('the end of the recorder is the end of its UI', async () => {
    const { screen } = await bed();
    const [recorder = 0] = childrenOf(screen.pid);
    process.kill(recorder, 'SIGTERM');
    await screen.shows(/code 143\nisig icanon echo/);
    expect(screen.alternate).toBe(false);
  });
});

describe('qmptap replay server --ui', () => {
  const told = ['greeting', 'command', 'success'];

  /** A recorded server on the screen, and a client that has negotiated with it. */
  async function bed(...flags: string[]): Promise<{ screen: PtyScreen; path: string; client: Socket }> {
    const folder = testFolder();
    const path = join(folder, 'told.qmptap');
    const listen = join(folder, 'replayed');
    const args = ['replay', 'server', 'recordings/schema.qmptap', '--listen', listen, '-o', path, '--ui'];
    const screen = inShell(...args, ...flags);
    await screen.shows('no messages yet');
    await screen.shows(`replaying recordings/schema.qmptap on unix:${listen}`);
    const client = connect(listen).setEncoding('utf8');
    onTestFinished(() => {
      client.destroy();
    });
    await once(client, 'data');
    client.write('{"execute": "qmp_capabilities"}\n');
    await screen.shows('qmp_capabilities');
    return { screen, path, client };
  }

  function kinds(path: string): string[] {
    using reader = openRecording(path);
    return [...reader.messages()].map(({ kind }) => kind);
  }

  test('shows what the client is told, and stays until the user quits', async () => {
    const { screen, path, client } = await bed();
    await screen.shows(/R qmp_capabilities/);
    client.end();
    // The client is gone with half of the recording unheard; the screen is still the user's.
    await screen.shows(/^ qmptap +told\.qmptap +finished/m);
    expect(screen.alternate).toBe(true);
    screen.type('Q');
    await screen.shows(cooked);
    expect(cooked.exec(screen.text())?.[1]).toBe('3');
    expect(screen.written).toContain(`what the clients were told is in ${path}`);
    expect(kinds(path)).toEqual(told);
  });

  test('Ctrl-C, after the UI was left, ends the replay', async () => {
    const { screen, path } = await bed('--keep');
    screen.type('Q');
    await screen.shows('the replay goes on; Ctrl-C ends it');
    screen.type('\u0003');
    await screen.shows(/code 130\nisig icanon echo/);
    expect(kinds(path)).toEqual(told);
  });

  test('a signal ends the screen too', async () => {
    const { screen, path } = await bed('--keep');
    const [server = 0] = childrenOf(screen.pid);
    process.kill(server, 'SIGTERM');
    await screen.shows(/code 143\nisig icanon echo/);
    expect(screen.alternate).toBe(false);
    expect(kinds(path)).toEqual(told);
  });
});
