/**
 * Takes secrets out of traffic in a thread, on the way to a sink: parsing and searching take time that
 * forwarding does not have. The order stays as it came. Only a backlog larger than
 * `mostBacklog` slows the traffic, as memory is bounded.
 */
import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import type { Direction } from '../../recording/message.js';
import type { Chunk, TrafficSink } from '../../recording/ports.js';
import type { SessionEnd, SessionStart } from '../../recording/session.js';
import { Redactor } from '../../redact/redactor.js';
import { parseUserRules } from '../../redact/user-rules.js';

/** Traffic on its way to the thread. */
export type ToRedaction =
  | { readonly type: 'open'; readonly session: number; readonly start: SessionStart; readonly t: number }
  | TrafficPiece
  | { readonly type: 'drain' };

/** Traffic on its way there, and, redacted, back. */
export type TrafficPiece =
  | {
      readonly type: 'chunk';
      readonly session: number;
      readonly dir: Direction;
      readonly t: number;
      readonly bytes: Uint8Array<ArrayBuffer>;
      readonly fds: number;
    }
  | {
      readonly type: 'inject';
      readonly session: number;
      readonly t: number;
      readonly bytes: Uint8Array<ArrayBuffer>;
    }
  | { readonly type: 'note'; readonly session: number; readonly t: number; readonly text: string }
  | {
      readonly type: 'close';
      readonly session: number;
      readonly t: number;
      readonly end: SessionEnd;
      readonly reason: string | undefined;
    };

export type FromRedaction = TrafficPiece | { readonly type: 'drained' };

export interface RedactionData {
  readonly rules: readonly string[];
  /** Bytes that the thread is through with, as a counter that wraps at 2^32. */
  readonly done: Int32Array<SharedArrayBuffer>;
}

/** The dist build's, also when this runs from source: a thread of Node 20 loads no TypeScript. */
const script = '#redaction';

/** Bytes. QEMU's longest message is 64 MiB. */
const mostBacklog = 256 * 2 ** 20;
/** How long the traffic is slowed for a thread that makes no progress, ms. */
const patience = 10_000;

export class RedactionThread implements TrafficSink {
  readonly #sink: TrafficSink;
  readonly #trouble: (text: string) => void;
  readonly #worker: Worker;
  /** For what a session begins with, which is short. */
  readonly #starts: Redactor;
  /** When each session began, and how it has ended, if its end is under way. */
  readonly #open = new Map<number, { readonly t: number; ended?: () => void }>();
  readonly #done = new Int32Array(new SharedArrayBuffer(4));
  #given = 0;
  #state: 'running' | 'failed' | 'closed' = 'running';
  #drained: (() => void)[] = [];

  /**
   * `trouble` is told in one line if the thread ends by itself; nothing more is kept then, and the traffic goes on.
   * @throws UsageError for a rule that does not parse
   */
  constructor(sink: TrafficSink, rules: readonly string[], trouble: (text: string) => void) {
    this.#sink = sink;
    this.#trouble = trouble;
    this.#starts = new Redactor(parseUserRules(rules));
    const data: RedactionData = { rules, done: this.#done };
    this.#worker = new Worker(createRequire(import.meta.url).resolve(script), {
      ...{ name: 'redaction', workerData: data, execArgv: [] },
    });
    this.#worker.unref();
    this.#worker.on('message', (message: FromRedaction) => {
      this.#hear(message);
    });
    this.#worker.on('error', (error) => {
      this.#fail(error.message);
    });
    this.#worker.on('exit', () => {
      this.#fail('its thread ended');
    });
  }

  open(start: SessionStart, t: number): number {
    const session = this.#sink.open(this.#starts.session(start), t);
    this.#open.set(session, { t });
    this.#say({ type: 'open', session, start, t });
    return session;
  }

  chunk(session: number, chunk: Chunk): void {
    this.#say({ ...chunk, type: 'chunk', session, bytes: chunk.bytes.slice() });
    this.#count(chunk.bytes.length);
  }

  inject(session: number, t: number, bytes: Uint8Array): void {
    this.#say({ type: 'inject', session, t, bytes: bytes.slice() });
    this.#count(bytes.length);
  }

  note(session: number, t: number, text: string): void {
    this.#say({ type: 'note', session, t, text });
  }

  close(session: number, t: number, end: SessionEnd, reason: string | undefined): void {
    const ended = (): void => {
      this.#end(session, t, end);
    };
    const open = this.#open.get(session);
    if (open !== undefined) open.ended = ended;
    if (this.#state === 'running') this.#say({ type: 'close', session, t, end, reason });
    else ended();
  }

  /** Resolves when all that was given has been passed on. */
  async drain(): Promise<void> {
    if (this.#state !== 'running') return;
    // Without this the thread would not keep the process alive until it has answered.
    this.#worker.ref();
    await new Promise<void>((resolve) => {
      this.#drained.push(resolve);
      this.#say({ type: 'drain' });
    });
    this.#worker.unref();
  }

  /** Ends the thread, after `drain`. */
  async stop(): Promise<void> {
    if (this.#state === 'running') this.#state = 'closed';
    await this.#worker.terminate();
  }

  #say(message: ToRedaction): void {
    if (this.#state !== 'running') return;
    const transfer = 'bytes' in message ? [message.bytes.buffer] : [];
    this.#worker.postMessage(message, transfer);
  }

  /** Waits while too much is under way. Bytes are counted modulo 2^32. */
  #count(bytes: number): void {
    this.#given = (this.#given + bytes) >>> 0;
    for (let waited = 0; this.#state === 'running' && waited < patience; waited += 100) {
      const done = Atomics.load(this.#done, 0);
      if ((this.#given - (done >>> 0)) >>> 0 <= mostBacklog) return;
      if (Atomics.wait(this.#done, 0, done, 100) !== 'timed-out') waited = 0;
    }
  }

  #hear(message: FromRedaction): void {
    switch (message.type) {
      case 'chunk':
        this.#sink.chunk(message.session, message);
        break;
      case 'inject':
        this.#sink.inject(message.session, message.t, message.bytes);
        break;
      case 'note':
        this.#sink.note(message.session, message.t, message.text);
        break;
      case 'close':
        this.#end(message.session, message.t, message.end, message.reason);
        break;
      case 'drained':
        this.#drained.shift()?.();
    }
  }

  #end(session: number, t: number, end: SessionEnd, reason?: string): void {
    if (this.#open.delete(session)) this.#sink.close(session, t, end, reason);
  }

  #fail(why: string): void {
    if (this.#state !== 'running') return;
    this.#state = 'failed';
    const text = `redaction failed (${why}): nothing more is recorded, the traffic goes on`;
    for (const [session, { t, ended }] of this.#open) {
      this.#sink.note(session, t, text);
      ended?.(); // the thread will not say it any more
    }
    for (const resolve of this.#drained.splice(0)) resolve();
    this.#trouble(text);
  }
}
