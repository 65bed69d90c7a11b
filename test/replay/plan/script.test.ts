import { describe, expect, test } from 'vitest';
import { UsageError } from '../../../src/errors.js';
import { Unstable, unstableRules } from '../../../src/recording/unstable.js';
import { planSession } from '../../../src/replay/plan/plan.js';
import { type Script, scriptRules, scriptSession } from '../../../src/replay/plan/script.js';
import { Conversation, textOf } from '../playbook.js';

function texts(script: Script): string[] {
  return scriptSession(script).messages.map(
    ({ dir, raw }) => `${dir === 'c2s' ? '->' : '<-'} ${textOf(raw)}`,
  );
}

const greeting =
  '<- {"QMP": {"version": {"qemu": {"micro": 0, "minor": 0, "major": 10}, "package": ""}, "capabilities": ["oob"]}}\r\n';

describe('a script', () => {
  test('begins as every QMP session does', () => {
    expect(texts([{ '->': { execute: 'stop' }, '<-': [{ event: 'STOP' }, { return: {} }] }])).toEqual([
      greeting,
      '-> {"execute": "qmp_capabilities"}\r\n',
      '<- {"return": {}}\r\n',
      '-> {"execute": "stop"}\r\n',
      '<- {"event": "STOP"}\r\n',
      '<- {"return": {}}\r\n',
    ]);
  });

  test('may begin otherwise', () => {
    expect(
      texts([
        { '->': { execute: 'qmp_capabilities' }, '<-': { error: { class: 'GenericError', desc: 'no' } } },
      ])[2],
    ).toBe('<- {"error": {"class": "GenericError", "desc": "no"}}\r\n');
    expect(texts([{ '<-': { QMP: { capabilities: [] } } }])).toEqual([
      '<- {"QMP": {"capabilities": []}}\r\n',
    ]);
    expect(texts([{ '->': { execute: 'guest-ping' }, '<-': { return: {} } }])).toEqual([
      '-> {"execute": "guest-ping"}\n',
      '<- {"return": {}}\n',
    ]);
  });

  test('answers any client that negotiates in its own way', () => {
    const { session, messages } = scriptSession([
      { '->': { execute: 'query-status' }, '<-': { return: { big: 9223372036853727232n } } },
      { '->': { execute: 'quit' }, '<-': { return: {} }, close: true },
    ]);
    const plan = planSession(session, messages, { injected: 'leave-out' });
    const conversation = new Conversation(plan, {
      unstable: new Unstable([], [...unstableRules, ...scriptRules]),
    })
      .say('{"execute":"qmp_capabilities","arguments":{"enable":["oob"]},"id":1}')
      .say('{"execute":"query-status","id":2}')
      .say('{"execute":"quit"}');
    expect(conversation.lines.filter((line) => line.startsWith('<-')).slice(1)).toEqual([
      '<- {"return": {}, "id": 1}',
      '<- {"return": {"big": 9223372036853727232}, "id": 2}',
      '<- {"return": {}}',
      '<- (closes)',
    ]);
  });

  test('is refused where it makes no sense', () => {
    expect(() => scriptSession([{}])).toThrow(UsageError);
    expect(() => scriptSession([{ '->': { execute: Symbol('x') } }])).toThrow(
      'a message holds what JSON cannot say',
    );
    expect(() => scriptSession([{ close: true }, { '<-': { event: 'STOP' } }])).toThrow(
      'nothing can follow {"close":true}',
    );
  });
});
