import { expect, onTestFinished, test } from 'vitest';
import { RedactionThread } from '../../../src/launch/record/redaction-thread.js';
import { RedactingSink } from '../../../src/proxy/redacting-sink.js';
import type { TrafficSink } from '../../../src/recording/ports.js';
import type { SessionStart } from '../../../src/recording/session.js';
import { MemorySink } from '../../support/traffic-sink.js';
import { until } from '../../support/until.js';

const start: SessionStart = {
  ...{ label: 'web1', dialect: 'qmp', started: 0 },
  client: { address: '/c' },
  server: { address: '/s' },
};

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function threadOn(sink: TrafficSink, told: string[] = [], rules: readonly string[] = []): RedactionThread {
  const thread = new RedactionThread(sink, rules, (text) => told.push(text));
  onTestFinished(() => thread.stop());
  return thread;
}

/** Keeps what is injected as a note. */
class InjectedSink extends MemorySink {
  override inject(session = 0, t = 0, injected: Uint8Array = new Uint8Array()): void {
    this.note(session, t, `injected: ${new TextDecoder().decode(injected)}`);
  }
}

/** Two sessions at once, with a secret that is set and told again. */
function converse(sink: TrafficSink): void {
  const [a, b] = [sink.open(start, 1), sink.open(start, 2)];
  sink.chunk(a, {
    dir: 's2c',
    t: 3,
    bytes: bytes('{"QMP": {"version": {"qemu": {"micro": 0, "minor": 2, "major": 7}}}}\r\n'),
    fds: 0,
  });
  sink.chunk(a, {
    dir: 'c2s',
    t: 4,
    bytes: bytes('{"execute":"qmp_capabilities"}{"execute":"set_pass'),
    fds: 0,
  });
  sink.note(b, 5, 'password=Canary-8');
  sink.chunk(a, {
    dir: 'c2s',
    t: 6,
    bytes: bytes('word","arguments":{"protocol":"vnc","password":"Canary-7"}}'),
    fds: 1,
  });
  sink.chunk(a, {
    dir: 's2c',
    t: 7,
    bytes: bytes('{"return": {}}{"error": {"class": "X", "desc": "not Canary-7"}}'),
    fds: 0,
  });
  sink.inject(a, 8, bytes('{"execute":"query-status"}'));
  sink.close(b, 9, 'client-closed', undefined);
  sink.close(a, 10, 'server-closed', 'Canary-7');
}

test('what is passed on is what the redacting sink passes on, in its order', async () => {
  const expected = new InjectedSink();
  converse(new RedactingSink(expected));
  const sink = new InjectedSink();
  const thread = threadOn(sink);
  converse(thread);
  await thread.drain();
  expect(sink.sessions).toEqual(expected.sessions);
  expect(
    JSON.stringify(sink.sessions.map((one) => [one.text('c2s'), one.text('s2c'), one.notes])),
  ).not.toContain('Canary');
});

test('a message takes the forwarding thread no more than its copy, whatever is in it', async () => {
  const sink = new MemorySink();
  const thread = threadOn(sink);
  const session = thread.open(start, 1);
  const many = Array.from({ length: 100_000 }, (_, n) => ({ n, password: `Canary-${n}` }));
  thread.chunk(session, { dir: 's2c', t: 2, bytes: bytes(JSON.stringify({ return: many })), fds: 0 });
  // Nothing was looked at before this returned.
  expect(sink.sessions[0]?.chunks).toEqual([]);
  await thread.drain();
  expect(sink.sessions[0]?.text('s2c')).toMatch(/^\{"return":\[\{"n":0,"password":"\[redacted:\d+\]"/);
  expect(sink.sessions[0]?.text('s2c')).not.toContain('Canary');
});

test('the thread ends by itself: it is told once, and the sessions end all the same', async () => {
  const sink = new MemorySink();
  const told: string[] = [];
  const thread = threadOn(sink, told);
  const [session, closing] = [thread.open(start, 1), thread.open(start, 1)];
  thread.note(session, 2, null as unknown as string); // a mistake of ours
  thread.close(closing, 3, 'server-closed', undefined); // its end is behind the mistake
  await until('the failure', () => told.length > 0);
  thread.chunk(session, { dir: 'c2s', t: 3, bytes: bytes('{"password":"Canary-7"}'), fds: 0 });
  await thread.drain();
  thread.close(session, 4, 'client-closed', undefined);
  expect(told).toEqual([expect.stringMatching(/^redaction failed \(.*\): nothing more is recorded/)]);
  expect(sink.sessions[0]).toMatchObject({ chunks: [], notes: [told[0]], closed: { end: 'client-closed' } });
  expect(sink.sessions[1]).toMatchObject({ closed: { end: 'server-closed' } });
});

test('a rule that does not parse is refused before anything begins', () => {
  expect(() => new RedactionThread(new MemorySink(), ['nonsense'], () => undefined)).toThrow(/nonsense/);
});
