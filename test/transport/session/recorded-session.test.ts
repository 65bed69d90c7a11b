import { expect, test } from 'vitest';
import type { Chunk, TrafficSink } from '../../../src/recording/ports.js';
import { RecordedSession } from '../../../src/transport/session/recorded-session.js';

const start = {
  label: undefined,
  dialect: undefined,
  client: { address: 'a' },
  server: { address: 'b' },
  started: 0,
};

/** Notes what is called; throws wherever `fails` says so. */
class Sink implements TrafficSink {
  readonly called: string[] = [];
  fails: (call: string) => boolean = () => false;

  open(): number {
    this.#call('open');
    return 7;
  }
  chunk(session: number, { dir, t, bytes, fds }: Chunk): void {
    this.#call(`chunk ${session} ${dir} ${t} ${bytes.length} ${fds}`);
  }
  inject(session: number, _t: number, bytes: Uint8Array): void {
    this.#call(`inject ${session} ${bytes.length}`);
  }
  note(session: number, _t: number, text: string): void {
    this.#call(`note ${session} ${text}`);
  }
  close(session: number, _t: number, end: string, reason: string | undefined): void {
    this.#call(`close ${session} ${end} ${reason}`);
  }

  #call(what: string): void {
    this.called.push(what);
    if (this.fails(what)) throw new Error(`${what} failed`);
  }
}

function all(session: RecordedSession): void {
  session.chunk({ dir: 'c2s', t: 5, bytes: new Uint8Array(3), fds: 1 });
  session.inject(new Uint8Array(4));
  session.note('hm');
  session.close('client-closed', 'because');
}
const calls = ['chunk 7 c2s 5 3 1', 'inject 7 4', 'note 7 hm', 'close 7 client-closed because'];

test('passes everything on with its session’s number', () => {
  const sink = new Sink();
  const session = new RecordedSession(sink, start, (error) => {
    throw error;
  });
  all(session);
  expect(session.id).toBe(7);
  expect(sink.called).toEqual(['open', ...calls]);
});

test('a sink that throws is told, and nothing is thrown', () => {
  const sink = new Sink();
  sink.fails = (call) => call !== 'open';
  const failures: string[] = [];
  all(new RecordedSession(sink, start, (error) => failures.push(String(error))));
  expect(failures).toEqual(calls.map((call) => `Error: ${call} failed`));
});

test('of a session that could not be opened nothing is passed on', () => {
  const sink = new Sink();
  sink.fails = () => true;
  const failures: unknown[] = [];
  const session = new RecordedSession(sink, start, (error) => failures.push(error));
  all(session);
  expect(session.id).toBeUndefined();
  expect(sink.called).toEqual(['open']);
  expect(failures).toHaveLength(1);
});
