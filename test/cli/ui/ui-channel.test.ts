import { type ChildProcess, fork } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  type FromUi,
  isFromUi,
  sendTrouble,
  sendingAllowed,
  type ToUi,
} from '../../../src/cli/ui/ui-channel.js';
import { typescript } from '../../support/typescript.js';

interface Ui {
  readonly child: ChildProcess;
  /** What it printed, once it has ended. */
  readonly printed: Promise<string>;
  readonly asked: Promise<FromUi>;
}

/** A UI in a process of its own, with a channel to the test. */
function ui(maySend: boolean): Ui {
  const child = fork('test/cli/ui/ui-child-program.ts', [], {
    execArgv: [...typescript],
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    env: { ...process.env, [sendingAllowed]: maySend ? '1' : '0' },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const asked = new Promise<FromUi>((resolve) => {
    child.once('message', (message) => {
      expect(isFromUi(message)).toBe(true);
      resolve(message as FromUi);
    });
  });
  return { child, asked, printed: text(child.stdout!) };
}

describe("the UI's end", () => {
  test.each([
    [undefined, 'answer undefined'],
    ['the session is over', 'answer the session is over'],
  ])('sends, and is answered: %s', async (trouble, shown) => {
    const { child, asked, printed } = ui(true);
    const { session, text: command, token } = await asked;
    expect([session, command]).toEqual([2, 'stop']);
    child.send({ type: 'notice', text: 'hello' } satisfies ToUi);
    for (const wrong of [
      { type: 'sent', token: 'x' },
      { type: 'sent', token: token + 1, trouble: 'other' },
    ])
      child.send(wrong);
    child.send({ type: 'sent', token, trouble } satisfies ToUi);
    expect(await printed).toBe(`may send: true\nnotice hello\n${shown}\n`);
  });

  test('is told when the recorder has ended', async () => {
    const { child, asked, printed } = ui(true);
    await asked;
    child.disconnect();
    expect(await printed).toMatch(/answer the recorder has ended\n$/);
  });

  test('cannot send unless that is allowed', async () => {
    const { child, printed } = ui(false);
    child.disconnect();
    expect(await printed).toBe('may send: false\n');
  });
});

test('what is no message of a UI is not taken for one', () => {
  const good = { type: 'send', token: 1, session: 2, text: 'stop' };
  expect(isFromUi(good)).toBe(true);
  const bad = [
    undefined,
    null,
    'send',
    {},
    { ...good, type: 'x' },
    { ...good, token: 1.5 },
    { ...good, session: '2' },
    { ...good, text: 1 },
  ];
  expect(bad.filter(isFromUi)).toEqual([]);
});

test('why nothing was sent is one escaped line', () => {
  expect(sendTrouble(new Error('no\u001b[2J'))).toBe('no\\u001b[2J');
  expect(sendTrouble('text')).toBe('text');
});
