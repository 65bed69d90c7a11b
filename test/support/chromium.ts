/** Chromium without a window, driven over its DevTools pipe: a page, its keys, what it shows. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { onTestFinished } from 'vitest';
import { until } from './until.js';

const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--window-size=1280,800',
  '--remote-debugging-pipe',
];

interface Answer {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Record<string, unknown>;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly message: string };
}

/** The browser's helpers end a moment after it, and write into its folder until then. */
async function endBrowser(child: ChildProcess, folder: string): Promise<void> {
  const closed = once(child, 'close');
  if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
    process.kill(-child.pid, 'SIGKILL');
  }
  await closed;
  await until('the browser to leave its folder', () => {
    try {
      rmSync(folder, { recursive: true, force: true });
      return true;
    } catch {
      return false;
    }
  });
}

export class Page {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #session: string | undefined;
  #last = 0;
  /** What the page or the browser complained of: errors, and what the page's policy forbade. */
  readonly complaints: string[] = [];
  /** Addresses that the page asked for. */
  readonly fetched: string[] = [];

  private constructor(child: ChildProcess) {
    this.#child = child;
    let text = '';
    (child.stdio[4] as Readable).setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
      const parts = text.split('\0');
      text = parts.pop() ?? '';
      for (const part of parts) this.#take(JSON.parse(part) as Answer);
    });
  }

  /** Opens a file in a new browser, which ends with the test. */
  static async open(path: string): Promise<Page> {
    const folder = mkdtempSync(join(tmpdir(), 'qmptap-chromium-'));
    const child = spawn('chromium', [...flags, `--user-data-dir=${folder}`, 'about:blank'], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
      detached: true,
    });
    onTestFinished(() => endBrowser(child, folder));
    const page = new Page(child);
    const { targetId } = await page.call('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await page.call('Target.attachToTarget', { targetId, flatten: true });
    page.#session = sessionId as string;
    await page.call('Runtime.enable');
    await page.call('Log.enable');
    await page.call('Network.enable');
    await page.call('Page.enable');
    await page.call('Page.navigate', { url: `file://${path}` });
    await until('the page to be ready', () =>
      page.evaluate('document.documentElement?.dataset.ready === "true"'),
    );
    return page;
  }

  async call(method: string, params: object = {}): Promise<Record<string, unknown>> {
    const id = ++this.#last;
    const answered = new Promise<Answer>((resolve) => this.#waiting.set(id, resolve));
    const sessionId = this.#session === undefined ? {} : { sessionId: this.#session };
    (this.#child.stdio[3] as Writable).write(`${JSON.stringify({ id, method, params, ...sessionId })}\0`);
    const { result, error } = await answered;
    if (error) throw new Error(`${method}: ${error.message}`);
    return result ?? {};
  }

  /** The value of an expression in the page. */
  async evaluate<T>(expression: string): Promise<T> {
    const { result, exceptionDetails } = await this.call('Runtime.evaluate', {
      expression,
      returnByValue: true,
      awaitPromise: true,
    });
    if (exceptionDetails) throw new Error(`${expression}: ${JSON.stringify(exceptionDetails)}`);
    return (result as { value: T }).value;
  }

  /** Presses keys one after the other: characters, or names such as `Enter`. */
  async press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      const text = key.length === 1 ? { text: key } : {};
      await this.call('Input.dispatchKeyEvent', { type: 'keyDown', key, ...text });
      await this.call('Input.dispatchKeyEvent', { type: 'keyUp', key });
    }
  }

  async type(text: string): Promise<void> {
    await this.press(...Array.from(text));
  }

  /** A PNG of what can be seen. */
  async screenshot(): Promise<Buffer> {
    const { data } = await this.call('Page.captureScreenshot', { format: 'png' });
    return Buffer.from(data as string, 'base64');
  }

  #take(answer: Answer): void {
    const { id, method, params } = answer;
    if (id !== undefined) {
      this.#waiting.get(id)?.(answer);
      this.#waiting.delete(id);
    } else if (method === 'Runtime.exceptionThrown' || method === 'Log.entryAdded') {
      this.complaints.push(JSON.stringify(params));
    } else if (method === 'Network.requestWillBeSent') {
      this.fetched.push((params?.['request'] as { url: string }).url);
    }
  }
}
