import { describe, expect, test } from 'vitest';
import { Upstream, type UpstreamAction } from '../../../src/replay/server/upstream.js';
import { bytesOf, greeting, planned, textOf } from '../playbook.js';

function told(actions: readonly UpstreamAction[]): string[] {
  return actions.map((action) => `${action.do} ${textOf(action.bytes)}`);
}

const plan = planned(`
  <- ${greeting}
  -> {"execute":"qmp_capabilities","arguments":{"enable":["oob"]},"id":"n"}
  <- {"return": {}, "id": "n"}
`);

describe('the server that is forwarded to', () => {
  test('is negotiated with as recorded, then asked', () => {
    const upstream = new Upstream(plan);
    expect(told(upstream.forward(bytesOf('{"execute":"stop","id":1}')))).toEqual([]);
    expect(told(upstream.receive(bytesOf(`${greeting}\r\n`)))).toEqual([
      'send {"execute":"qmp_capabilities","arguments":{"enable":["oob"]},"id":"n"}\r\n',
    ]);
    expect(told(upstream.receive(bytesOf('{"return": {}, "id": "n"}\r\n')))).toEqual([
      'send {"execute":"stop","id":1}\n',
    ]);
    expect(told(upstream.receive(bytesOf('{"event": "STOP"}\r\n{"return": {}, "id": 1}\r\n')))).toEqual([
      'relay {"event": "STOP"}\r\n',
      'answer {"return": {}, "id": 1}\r\n',
    ]);
    expect(told(upstream.forward(bytesOf('{"execute":"cont"}\r\n')))).toEqual([
      'send {"execute":"cont"}\r\n',
    ]);
  });

  test('is given a command of any length', () => {
    const upstream = new Upstream(planned('-> {"execute":"guest-ping"}', { dialect: 'qga' }));
    const command = `{"execute":"guest-file-write","arguments":{"buf-b64":"${'A'.repeat(1_000_000)}"}}`;
    expect(told(upstream.forward(bytesOf(command)))).toEqual([`send ${command}\n`]);
  });

  test('is understood in any pieces', () => {
    const upstream = new Upstream(planned('-> {"execute":"guest-ping"}', { dialect: 'qga' }));
    expect(told(upstream.forward(bytesOf('{"execute":"guest-info"}\n')))).toEqual([
      'send {"execute":"guest-info"}\n',
    ]);
    const text = '{"return": {"a": "}"}}\n{"error": {"desc": ""}}\n';
    expect(Array.from(bytesOf(text), (byte) => told(upstream.receive(Uint8Array.of(byte)))).flat()).toEqual([
      'answer {"return": {"a": "}"}}\n',
      'answer {"error": {"desc": ""}}\n',
    ]);
  });
});
