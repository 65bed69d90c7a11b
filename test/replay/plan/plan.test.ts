import { describe, expect, test } from 'vitest';
import { planSession } from '../../../src/replay/plan/plan.js';
import { greeting, planned, recorded, type RecordedOptions } from '../playbook.js';

function causes(script: string, options?: RecordedOptions): string[] {
  const { steps } = planned(script, options);
  return steps.map(({ message, cause, origin }) => {
    return `${message.dir === 'c2s' ? '->' : '<-'} ${message.kind} after ${cause} from ${origin}`;
  });
}

describe('causes', () => {
  test('a response has its command, an event what last came before it, the greeting the connect', () => {
    expect(
      causes(`
        -> {"execute":"qmp_capabilities","id":1}
        <- ${greeting}
        <- {"return": {}, "id": 1}
        -> {"execute":"stop","id":2}
        -> {"execute":"query-name","id":3}
        <- {"event": "STOP"}
        <- {"return": {}, "id": 2}
        <- {"event": "RESET"}
        <- {"return": {}, "id": 3}
      `),
    ).toEqual([
      '-> command after -1 from 0',
      '<- greeting after -1 from -1',
      '<- success after 0 from 0',
      '-> command after 2 from 3',
      '-> command after 3 from 4',
      '<- event after 4 from 4',
      '<- success after 3 from 3',
      '<- event after 6 from 3',
      '<- success after 4 from 4',
    ]);
  });

  test('a lone 0xFF belongs to the response behind it', () => {
    expect(
      causes(
        `
        -> \xff\\
        -> {"execute":"guest-sync-delimited","arguments":{"id":1}}
        <- {"error": {"class": "GenericError", "desc": "JSON parse error, stray"}}
        <- \xff{"return": 1}
      `,
        { dialect: 'qga' },
      ),
    ).toEqual([
      '-> sync after -1 from 0',
      '-> command after 0 from 1',
      '<- error after 0 from 0',
      '<- sync after 1 from 1',
      '<- success after 1 from 1',
    ]);
  });

  test('half a message of the client causes nothing', () => {
    const { steps } = planned(`
      -> {"execute":"stop"}
      -> {"execute":"qu\\
      <- {"return": {}}
    `);
    expect(steps.map(({ origin }) => origin)).toEqual([0, 0, 0]);
  });

  test('gaps are from the cause', () => {
    const { steps } = planned(
      `
      <- ${greeting}
      -> {"execute":"stop","id":1}
      -> {"execute":"cont","id":2}
      <- {"return": {}, "id": 1}
      <- {"return": {}, "id": 2}
    `,
      { step: 10 },
    );
    expect(steps.map(({ gap }) => gap)).toEqual([10, 10, 10, 20, 20]);
  });
});

describe('a plan', () => {
  test('knows what has no answer', () => {
    const plan = planned(`
      -> {"execute":"stop","id":1}
      -> {"execute":"cont","id":2}
      <- {"return": {}, "id": 1}
    `);
    expect([...plan.unanswered]).toEqual([1]);
  });

  test('knows how the server closed', () => {
    const script = `<- ${greeting}`;
    expect(planned(script, { end: 'server-closed', step: 5 }).close).toEqual({ how: 'end', gap: 5 });
    expect(planned(script, { end: 'server-reset' }).close?.how).toBe('reset');
    expect(planned(script, { end: 'client-closed' }).close).toBeUndefined();
    expect(planned(script, { end: 'cut-off' }).close).toBeUndefined();
  });

  test('says what the recording lacks', () => {
    const script = `
      -> {"execute":"stop"}
      <- {"return": {}}`;
    expect(planned(script).remarks).toEqual([
      'has no greeting and no qmp_capabilities; a replayed server makes up the one and answers the other',
    ]);
    const negotiated = `-> {"execute":"qmp_capabilities"}\n<- {"return": {}}\n${script}`;
    expect(planned(negotiated).remarks).toEqual(['has no greeting; a replayed server makes one up']);
    expect(planned(script, { dialect: 'qga' }).remarks).toEqual([]);
    expect(planned(script, { dialect: 'qga', step: 0 }).remarks).toEqual(['has no times']);
    expect(planned(`<- ${greeting}`, { end: 'cut-off' }).remarks).toEqual([
      'was cut off: how it ended is not known',
    ]);
    expect(planned('', { end: 'server-closed' }).lacksGreeting).toBe(false);
    expect(planned('').remarks).toEqual(['holds no messages']);
  });

  test('leaves out or keeps what was injected', () => {
    const { session, messages } = recorded(`
      -> {"execute":"stop","id":1}
      <- {"return": {}, "id": 1}
      -> {"execute":"cont","id":2}
      <- {"return": {}, "id": 2}
    `);
    const injected = messages.map((message) => ({ ...message, injected: message.seq <= 2 }));
    expect(planSession(session, injected, { injected: 'keep' }).steps).toHaveLength(4);
    const { steps } = planSession(session, injected, { injected: 'leave-out' });
    expect(steps.map(({ message, cause }) => [message.seq, cause])).toEqual([
      [3, -1],
      [4, 0],
    ]);
  });
});
