import { describe, expect, test } from 'vitest';
import { Relay } from '../../src/proxy/relay.js';
import type { RelayOutput, Side } from '../../src/proxy/relay.js';
import type { SessionEnd } from '../../src/recording/session.js';

const none: readonly number[] = [];
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Writes down what a relay wants; `close` is completed by the test. */
class Script implements RelayOutput {
  readonly calls: string[] = [];
  readonly behind = new Set<Side>();

  send(to: Side, chunk: Uint8Array, fds: readonly number[]): boolean {
    this.calls.push(
      `send ${to} ${new TextDecoder().decode(chunk)}${fds.length > 0 ? ` +${fds.join()}` : ''}`,
    );
    return !this.behind.has(to);
  }
  discard(fds: readonly number[]): void {
    this.calls.push(`discard ${fds.join()}`);
  }
  pause(side: Side): void {
    this.calls.push(`pause ${side}`);
  }
  resume(side: Side): void {
    this.calls.push(`resume ${side}`);
  }
  shutdown(side: Side): void {
    this.calls.push(`shutdown ${side}`);
  }
  close(side: Side): void {
    this.calls.push(`close ${side}`);
  }
  done(end: SessionEnd, reason: string | undefined): void {
    this.calls.push(`done ${end}${reason === undefined ? '' : ` ${reason}`}`);
  }
  take(): string[] {
    return this.calls.splice(0);
  }
}

function relayed(): { relay: Relay; out: Script } {
  const out = new Script();
  return { relay: new Relay(out), out };
}

describe('bytes', () => {
  test('go to the other side, with their descriptors', () => {
    const { relay, out } = relayed();
    relay.data('client', bytes('a'), [7]);
    relay.data('server', bytes('b'), none);
    expect(out.take()).toEqual(['send server a +7', 'send client b']);
  });

  test('stop being read while the other side is behind, each direction for itself', () => {
    const { relay, out } = relayed();
    out.behind.add('client');
    relay.data('server', bytes('a'), none);
    relay.data('server', bytes('b'), none);
    relay.data('client', bytes('c'), none);
    expect(out.take()).toEqual(['send client a', 'pause server', 'send client b', 'send server c']);
    relay.drained('client');
    relay.drained('client');
    relay.drained('server');
    expect(out.take()).toEqual(['resume server']);
  });
});

describe.each([
  ['client', 'server'],
  ['server', 'client'],
] as const)('when the %s', (first, second) => {
  test('half-closes, the other side is half-closed and still heard', () => {
    const { relay, out } = relayed();
    relay.ended(first);
    relay.ended(first);
    relay.data(second, bytes('late'), none);
    expect(out.take()).toEqual([`shutdown ${second}`, `send ${first} late`]);
    relay.ended(second);
    expect(out.take()).toEqual([`close ${first}`, `close ${second}`]);
    relay.closed(first);
    expect(out.take()).toEqual([]);
    relay.closed(second);
    expect(out.take()).toEqual([`done ${first}-closed`]);
  });

  test('closes, both are closed, and what the other still says is dropped', () => {
    const { relay, out } = relayed();
    relay.gone(first, undefined, false);
    relay.data(second, bytes('x'), none);
    relay.data(second, bytes('y'), [5, 6]);
    relay.ended(second);
    relay.gone(second, 'reset', true);
    relay.closed(first);
    relay.closed(second);
    relay.closed(second);
    expect(out.take()).toEqual([`close ${second}`, `close ${first}`, 'discard 5,6', `done ${first}-closed`]);
  });

  test('closes while the other is paused for it, the other is read again', () => {
    const { relay, out } = relayed();
    out.behind.add(first);
    relay.data(second, bytes('x'), none);
    relay.gone(first, undefined, false);
    expect(out.take()).toEqual([
      `send ${first} x`,
      `pause ${second}`,
      `resume ${second}`,
      `close ${second}`,
      `close ${first}`,
    ]);
  });

  test('is reset, the session says so and why', () => {
    const { relay, out } = relayed();
    relay.gone(first, 'connection reset', true);
    relay.closed(second);
    relay.closed(first);
    expect(out.take().at(-1)).toBe(`done ${first}-reset connection reset`);
  });

  test('closes with something to say of it, that is kept', () => {
    const { relay, out } = relayed();
    relay.gone(first, 'bytes unread', false);
    relay.closed(second);
    relay.closed(first);
    expect(out.take().at(-1)).toBe(`done ${first}-closed bytes unread`);
  });

  test('half-closes and is reset later, it is the half-close that counts', () => {
    const { relay, out } = relayed();
    relay.ended(first);
    relay.gone(second, 'connection reset', true);
    relay.closed(second);
    relay.closed(first);
    expect(out.take().at(-1)).toBe(`done ${first}-closed`);
  });
});

test('a stop closes both sides behind what was sent', () => {
  const { relay, out } = relayed();
  relay.data('client', bytes('a'), none);
  relay.stop();
  relay.data('client', bytes('b'), [3]);
  relay.closed('client');
  relay.closed('server');
  expect(out.take()).toEqual(['send server a', 'close client', 'close server', 'discard 3', 'done stopped']);
});

test('a stop after an end leaves the end as it was', () => {
  const { relay, out } = relayed();
  relay.ended('server');
  relay.stop();
  relay.closed('client');
  relay.closed('server');
  expect(out.take().at(-1)).toBe('done server-closed');
});
