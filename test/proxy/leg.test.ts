import { expect, test } from 'vitest';
import { type Framed, type Held, Leg, type LegOwner } from '../../src/proxy/leg.js';
import { fromLatin1, latin1 } from '../support/frames.js';

/** Writes down what a leg gives: `#2 command {…} +1` with descriptors, `#2+ …` for more bytes of it. */
class Owner implements LegOwner {
  readonly said: string[] = [];
  #seq = 0;

  understand({ dir, t, raw, what, fds, injected }: Framed): Held {
    return {
      ...{
        session: 1,
        seq: ++this.#seq,
        dir,
        t,
        kind: what.kind,
        name: what.name,
        id: what.id,
        oob: what.oob,
      },
      ...{ replyTo: undefined, command: undefined, latency: undefined, late: undefined },
      ...{ problem: what.problem, fds, injected, raw },
    };
  }

  write({ seq, kind, raw, fds }: Held): void {
    this.said.push(`#${seq} ${kind} ${latin1(raw)}${fds > 0 ? ` +${fds}` : ''}`);
  }

  append(seq: number, bytes: Uint8Array): void {
    this.said.push(`#${seq}+ ${latin1(bytes)}`);
  }

  take(): string[] {
    return this.said.splice(0);
  }
}

test('a frame is written with what follows it in its chunk, and what comes later is appended', () => {
  const owner = new Owner();
  const leg = new Leg(owner, 'c2s');
  leg.push(1, fromLatin1('{"execute":"stop"}\r'), 0);
  expect(owner.take()).toEqual(['#1 command {"execute":"stop"}\r']);
  leg.push(2, fromLatin1('\n{"exec'), 0);
  expect(owner.take()).toEqual(['#1+ \n']);
  leg.push(3, fromLatin1('ute":"cont"}\n@'), 0);
  expect(owner.take()).toEqual(['#2 command {"execute":"cont"}\n', '#3 malformed @']);
});

test('descriptors belong to the message that is completed next', () => {
  const owner = new Owner();
  const leg = new Leg(owner, 'c2s');
  leg.push(1, fromLatin1('{"execute":'), 2);
  leg.push(2, fromLatin1('"getfd"}{}'), 1);
  expect(owner.take()).toEqual(['#1 command {"execute":"getfd"} +3', '#2 command {}']);
  leg.push(3, fromLatin1('{'), 1);
  leg.end(4);
  expect(owner.take()).toEqual(['#3 partial { +1']);
  expect(leg.waitingFds).toBe(0);
});

test('a refusal comes at once when the rules allow it, and the rest of its message is appended', () => {
  const owner = new Owner();
  const leg = new Leg(owner, 'c2s');
  expect(leg.decided).toBe(false);
  leg.push(1, fromLatin1('{1 '), 0);
  expect(owner.take()).toEqual([]);
  leg.decide('eager');
  expect(leg.decided).toBe(true);
  expect(owner.take()).toEqual(['#1 malformed {1 ']);
  leg.push(2, fromLatin1('2}\n[1 '), 0);
  leg.push(3, fromLatin1('2'), 0);
  expect(owner.take()).toEqual(['#1+ 2}', '#1+ \n']);
  leg.push(4, fromLatin1(' 3]{}'), 0);
  expect(owner.take()).toEqual(['#2 malformed [1 2 3]', '#3 command {}']);
});
