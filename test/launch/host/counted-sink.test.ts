import { expect, test } from 'vitest';
import { CountedSink } from '../../../src/launch/host/counted-sink.js';
import { MemorySink } from '../../support/traffic-sink.js';

test('counts sessions, bytes and the last of them, and passes all on', () => {
  const sink = new MemorySink();
  const answered: number[] = [];
  const counted = new CountedSink(sink, (one) => answered.push(one));
  const peer = { address: '/x' };
  const session = counted.open({ label: 'a', dialect: 'qmp', client: peer, server: peer, started: 0 }, 1);
  counted.chunk(session, { dir: 's2c', t: 1, bytes: Buffer.from('greet'), fds: 0 });
  counted.chunk(session, { dir: 's2c', t: 2, bytes: Buffer.from('ing'), fds: 0 });
  counted.chunk(session, { dir: 'c2s', t: 3, bytes: Buffer.from('ab'), fds: 1 });
  counted.chunk(session, { dir: 'c2s', t: 4, bytes: Buffer.from('c'), fds: 0 });
  counted.note(session, 5, 'note');
  counted.close(session, 7, 'client-closed', undefined);
  expect(answered).toEqual([session]);
  expect(counted).toMatchObject({ sessions: 1, c2s: { bytes: 3, last: 4 }, s2c: { bytes: 8, last: 2 } });
  expect(sink.sessions[0]?.text('c2s')).toBe('abc');
  expect(sink.sessions[0]).toMatchObject({ notes: ['note'], closed: { t: 7, end: 'client-closed' } });
});
