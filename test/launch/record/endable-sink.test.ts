import { describe, expect, test } from 'vitest';
import { EndableSink } from '../../../src/launch/record/endable-sink.js';
import type { TrafficSink } from '../../../src/recording/ports.js';
import type { SessionStart } from '../../../src/recording/session.js';

const start: SessionStart = {
  label: 'vm',
  dialect: 'qmp',
  client: { address: 'fd:3' },
  server: { address: 'unix:/q' },
  started: 0,
};

/** What a sink was told, a line each. */
function listing(): { sink: TrafficSink; lines: string[] } {
  const lines: string[] = [];
  let sessions = 0;
  const told = (line: string): void => void lines.push(line);
  const sink: TrafficSink = {
    open: () => (told('open'), ++sessions),
    chunk: (session, { dir, bytes }) => {
      told(`chunk ${session} ${dir} ${bytes.length}`);
    },
    inject: (session) => {
      told(`inject ${session}`);
    },
    note: (session, _t, text) => {
      told(`note ${session} ${text}`);
    },
    close: (session, _t, end, reason) => {
      told(`close ${session} ${end} ${reason ?? ''}`);
    },
  };
  return { sink, lines };
}

describe('a recording that can be ended', () => {
  test('passes all on', () => {
    const { sink, lines } = listing();
    const endable = new EndableSink(sink);
    const [first, second] = [endable.open(start, 0), endable.open(start, 1)];
    endable.chunk(first, { dir: 'c2s', t: 2, bytes: new Uint8Array(3), fds: 0 });
    endable.inject(second, 2, new Uint8Array(1));
    endable.note(second, 2, 'x');
    endable.close(first, 3, 'client-closed', undefined);
    expect(lines).toEqual([
      'open',
      'open',
      'chunk 1 c2s 3',
      'inject 2',
      'note 2 x',
      'close 1 client-closed ',
    ]);
  });

  test('ends its open sessions, and takes no more', () => {
    const { sink, lines } = listing();
    const endable = new EndableSink(sink);
    const [first, second] = [endable.open(start, 0), endable.open(start, 1)];
    endable.close(first, 1, 'server-closed', undefined);
    endable.end(2, 'told to');
    endable.chunk(second, { dir: 's2c', t: 3, bytes: new Uint8Array(3), fds: 0 });
    endable.close(second, 4, 'server-closed', undefined);
    const third = endable.open(start, 5);
    endable.chunk(third, { dir: 's2c', t: 6, bytes: new Uint8Array(3), fds: 0 });
    expect(lines).toEqual(['open', 'open', 'close 1 server-closed ', 'close 2 stopped told to']);
  });

  test('counts sessions that nobody records', () => {
    const endable = new EndableSink(undefined);
    expect([endable.open(start, 0), endable.open(start, 0)]).toEqual([1, 2]);
  });
});
