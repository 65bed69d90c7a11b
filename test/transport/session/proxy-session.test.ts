import { describe, expect, onTestFinished, test } from 'vitest';
import type { Injection } from '../../../src/proxy/injection.js';
import type { TrafficSink } from '../../../src/recording/ports.js';
import { ProxySession, type SessionObserver } from '../../../src/transport/session/proxy-session.js';
import { noDescriptors } from '../../../src/transport/stream.js';
import { sessionStart } from '../../support/recorded.js';
import { collect, type Collector, streamPair } from '../../support/streams.js';
import { MemorySink } from '../../support/traffic-sink.js';

interface Setup {
  readonly session: ProxySession;
  readonly client: Collector;
  readonly server: Collector;
  /** What the observer was told. */
  readonly told: string[];
  readonly join: () => void;
}

function proxied(sink: TrafficSink, durable = false, injection?: Injection): Setup {
  const [client, near] = streamPair();
  const [server, far] = streamPair();
  const told: string[] = [];
  const observer: SessionObserver = {
    over: (_session, end, reason) => told.push(`over: ${end}${reason === undefined ? '' : `, ${reason}`}`),
    sinkFailed: (error) => told.push(`sink: ${String(error)}`),
    bug: (_session, error) => told.push(`bug: ${String(error)}`),
    note: (_session, text) => told.push(`note: ${text}`),
  };
  const session = new ProxySession({
    client: near,
    start: sessionStart(),
    sink,
    durable,
    observer,
    injection,
  });
  onTestFinished(() => {
    for (const stream of [client, near, server, far]) stream.destroy();
  });
  return {
    ...{ session, told, client: collect(client), server: collect(server) },
    join: () => {
      session.join(far);
    },
  };
}

const bytes = (text: string): Uint8Array => Buffer.from(text);

/** A sink that fails at every chunk. */
class FailingSink extends MemorySink {
  override chunk(): void {
    throw new Error('full');
  }
}

describe('a session', () => {
  test('gives each side what the other says, and the sink all of it', async () => {
    const sink = new MemorySink();
    const { client, server, told, join } = proxied(sink);
    join();
    client.stream.write(bytes('hello'), noDescriptors);
    await server.until((self) => self.length === 5);
    server.stream.write(bytes('welcome'), noDescriptors);
    await client.until((self) => self.length === 7);
    client.stream.destroy();
    await server.until((self) => self.hasEnded || self.goneReason !== null);
    server.stream.destroy();
    await sink.over(1);
    expect([sink.session(1).text('c2s'), sink.session(1).text('s2c')]).toEqual(['hello', 'welcome']);
    expect(told).toEqual(['over: client-closed']);
  });

  test.each([false, true])(
    'whose sink fails (durable: %s) tells it, and keeps both sides open',
    async (durable) => {
      const { client, server, told, join } = proxied(new FailingSink(), durable);
      join();
      client.stream.write(bytes('hello'), noDescriptors);
      await server.until((self) => self.length === 5);
      expect(told).toContain('sink: Error: full');
      expect([client.goneReason, server.goneReason]).toEqual([null, null]);
    },
  );

  test('without a server records what the client said, and ends as it is told', async () => {
    const sink = new MemorySink();
    const { session, client, told } = proxied(sink);
    client.stream.write(bytes('hello'), noDescriptors);
    session.abandon('server-unreachable', 'nobody listens');
    session.abandon('stopped', undefined);
    session.stop();
    await client.until((self) => self.hasEnded || self.goneReason !== null);
    expect(sink.session(1).text('c2s')).toBe('hello');
    expect(told).toEqual(['over: server-unreachable, nobody listens']);
  });

  test('that is stopped records what was received until then', async () => {
    const sink = new MemorySink();
    const { session, client, server, told, join } = proxied(sink);
    join();
    server.stream.write(bytes('last words'), noDescriptors);
    session.stop();
    await client.until((self) => self.length === 10);
    expect(sink.session(1).text('s2c')).toBe('last words');
    session.cutOff();
    await sink.over(1);
    expect(told).toEqual(['over: stopped']);
  });

  test('to which no command may be sent says so', async () => {
    const { session } = proxied(new MemorySink());
    await expect(session.inject(new Map([['execute', 'stop']]), 10)).rejects.toThrow(
      'sending was not allowed at the start',
    );
  });
});
