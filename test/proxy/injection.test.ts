import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UsageError } from '../../src/errors.js';
import { printJson } from '../../src/json/print.js';
import { Injection, readCommand } from '../../src/proxy/injection.js';
import { greeting } from '../support/recorded.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (pieces: readonly Uint8Array[]): string =>
  pieces.map((piece) => new TextDecoder().decode(piece)).join('');

/** A session with a client that has negotiated. */
function negotiated(): Injection {
  const injection = new Injection();
  injection.fromServer(bytes(`${greeting}\r\n`));
  injection.fromClient(bytes('{"execute": "qmp_capabilities"}\n'));
  injection.fromServer(bytes('{"return": {}}\r\n'));
  return injection;
}

function ask(injection: Injection, command = 'query-status'): { sent: string; refused: string } {
  const said = { sent: '', refused: '' };
  injection.inject(
    readCommand(command),
    (sent) => (said.sent = text([sent])),
    (why) => (said.refused = why),
  );
  return said;
}

const next = (injection: Injection): string => text([injection.next() ?? bytes('')]);

describe("the user's command", () => {
  test('goes out between two exchanges, with an id of its own', () => {
    const injection = negotiated();
    const said = ask(injection, '{"id": 7, "execute": "device_del", "arguments": {"id": "x"}}');
    expect(injection.waits).toBe(true);
    const sent = '{"execute": "device_del", "arguments": {"id": "x"}, "id": "qmptap-1"}\r\n';
    expect(next(injection)).toBe(sent);
    expect(said).toEqual({ sent, refused: '' });
    expect(injection.waits).toBe(false);
  });

  test('waits for the negotiation', () => {
    const injection = new Injection();
    ask(injection);
    injection.fromServer(bytes(`${greeting}\r\n`));
    expect(next(injection)).toBe('');
  });

  test('waits until a message that an 11.1 server refused is at its end', () => {
    const injection = new Injection();
    injection.fromServer(
      bytes(`${greeting.replace(/"minor": \d+, "major": \d+/, '"minor": 1, "major": 11')}\r\n`),
    );
    injection.fromClient(bytes('{"execute": "qmp_capabilities"}\n'));
    injection.fromServer(bytes('{"return": {}}\r\n'));
    ask(injection);
    injection.fromClient(bytes('{"execute" "stop"'));
    injection.fromServer(
      bytes('{"error": {"class": "GenericError", "desc": "2:12: JSON parse error, x"}}\r\n'),
    );
    expect(next(injection)).toBe('');
    injection.fromClient(bytes('}'));
    expect(next(injection)).toContain('"qmptap-1"');
  });

  test('waits while a command has no response, and while a message is on its way', () => {
    const injection = negotiated();
    ask(injection);
    injection.fromClient(bytes('{"execute": "stop"}'));
    expect(next(injection)).toBe('');
    injection.fromServer(bytes('{"return": {}}\r\n{"ev'));
    expect(next(injection)).toBe('');
    injection.fromServer(bytes('ent": "STOP"}\r\n'));
    injection.fromClient(bytes('{"exec'));
    expect(next(injection)).toBe('');
    injection.fromClient(bytes('ute": "cont"}'));
    injection.fromServer(bytes('{"return": {}}\r\n'));
    expect(next(injection)).toContain('query-status');
  });

  test('waits for the one before', () => {
    const injection = negotiated();
    ask(injection);
    ask(injection, 'stop');
    expect(next(injection)).toContain('query-status');
    expect(next(injection)).toBe('');
    injection.fromServer(bytes('{"return": {}, "id": "qmptap-1"}\r\n'));
    expect(next(injection)).toContain('"qmptap-2"');
  });

  test('is given up when the session ends, or when it has waited long enough', () => {
    const injection = negotiated();
    injection.fromClient(bytes('{"execute": "stop"}'));
    const first = ask(injection);
    injection.refuse('too late');
    expect(first.refused).toBe('too late');
    const second = ask(injection);
    injection.end();
    expect(second.refused).toMatch(/ended/);
    expect(ask(injection).refused).toMatch(/ended/);
  });

  test('is never sent to a guest agent', () => {
    const injection = new Injection();
    injection.fromClient(bytes('{"execute": "guest-ping"}'));
    injection.fromServer(bytes('{"return": {}}\n'));
    ask(injection);
    expect(next(injection)).toBe('');
  });
});

describe('the client', () => {
  test('gets all that the server says but the response to it, however it is split', () => {
    const before = '{"event": "A", "data": {"id": "qmptap-1"}}\r\n';
    const after = '{"return": {}, "id": 4}\r\n {"event": "B"}\n{"retu';
    const answer = '{"return": {"status": "running"}, "id": "qmptap-1"}\r\n';
    const whole = bytes(before + answer + after);
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(whole.length), { maxLength: 8 }), (cuts) => {
        const injection = negotiated();
        ask(injection);
        injection.next();
        injection.fromClient(bytes('{"execute": "stop", "id": 4}'));
        const edges = [0, ...cuts.sort((a, b) => a - b), whole.length];
        const got = edges
          .slice(1)
          .flatMap((edge, place) => injection.fromServer(whole.subarray(edges[place], edge)));
        expect(text([...got, ...injection.end()])).toBe(before + after);
      }),
      { numRuns: 200 },
    );
  });

  test('gets every byte as it comes while nothing was sent', () => {
    const injection = negotiated();
    expect(text(injection.fromServer(bytes('{"ret')))).toBe('{"ret');
    expect(text(injection.fromServer(bytes('urn": 1}')))).toBe('urn": 1}');
    expect(text(injection.end())).toBe('');
  });

  test('gets what was held back when the server closes', () => {
    const injection = negotiated();
    ask(injection);
    injection.next();
    expect(text(injection.fromServer(bytes('{"event": "A"}\r\n{"even')))).toBe('{"event": "A"}\r\n');
    expect(text(injection.end())).toBe('{"even');
  });
});

describe('a command as it is typed', () => {
  test.each([
    ['query-status', '{"execute":"query-status"}'],
    [' device_del {"id": "x"} ', '{"execute":"device_del","arguments":{"id":"x"}}'],
    ['{"execute": "stop"}', '{"execute":"stop"}'],
  ])('%s', (typed, command) => {
    expect(printJson(readCommand(typed))).toBe(command);
  });

  test.each(['device_del x', '{"exec-oob": "x"}', '[]', '7', '{"execute": 7}', 'a [1]'])(
    'not %s',
    (typed) => {
      expect(() => readCommand(typed)).toThrow(UsageError);
    },
  );
});
