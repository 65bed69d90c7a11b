/**
 * A sink that keeps the raw traffic of each session in memory, and lets a test wait for it.
 */
import type { Direction } from '../../src/recording/message.js';
import type { Chunk, TrafficSink } from '../../src/recording/ports.js';
import type { SessionEnd, SessionStart } from '../../src/recording/session.js';

export interface SinkChunk {
  readonly dir: Direction;
  readonly t: number;
  readonly bytes: Buffer;
  readonly fds: number;
}

export class SinkSession {
  readonly start: SessionStart;
  readonly opened: number;
  readonly chunks: SinkChunk[] = [];
  readonly notes: string[] = [];
  closed: { t: number; end: SessionEnd; reason: string | undefined } | undefined;

  constructor(start: SessionStart, opened: number) {
    this.start = start;
    this.opened = opened;
  }

  bytes(dir: Direction): Buffer {
    return Buffer.concat(this.chunks.filter((each) => each.dir === dir).map((each) => each.bytes));
  }

  text(dir: Direction): string {
    return this.bytes(dir).toString();
  }

  fds(dir: Direction): number {
    return this.chunks.reduce((sum, each) => sum + (each.dir === dir ? each.fds : 0), 0);
  }
}

export class MemorySink implements TrafficSink {
  readonly sessions: SinkSession[] = [];
  private waiters: { ready: () => boolean; resolve: () => void }[] = [];

  open(start: SessionStart, t: number): number {
    this.sessions.push(new SinkSession(start, t));
    this.check();
    return this.sessions.length;
  }

  chunk(session: number, { dir, t, bytes, fds }: Chunk): void {
    this.session(session).chunks.push({ dir, t, bytes: Buffer.from(bytes), fds });
    this.check();
  }

  inject(): void {
    throw new Error('not expected here');
  }

  note(session: number, _t: number, text: string): void {
    this.session(session).notes.push(text);
    this.check();
  }

  close(session: number, t: number, end: SessionEnd, reason: string | undefined): void {
    const found = this.session(session);
    if (found.closed !== undefined) throw new Error(`session ${session} closed twice`);
    found.closed = { t, end, reason };
    this.check();
  }

  /** The session with that number, from 1. */
  session(number: number): SinkSession {
    const found = this.sessions[number - 1];
    if (found === undefined) throw new Error(`no session ${number}`);
    return found;
  }

  /** Resolves once `ready` holds; asked again whenever something comes. */
  until(ready: (sink: this) => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.waiters.push({ ready: () => ready(this), resolve });
      this.check();
    });
  }

  /** Resolves when that session is closed. */
  async over(number: number): Promise<SinkSession> {
    await this.until((sink) => sink.sessions[number - 1]?.closed !== undefined);
    return this.session(number);
  }

  private check(): void {
    const waiters = this.waiters;
    this.waiters = [];
    for (const waiter of waiters) {
      if (waiter.ready()) waiter.resolve();
      else this.waiters.push(waiter);
    }
  }
}
