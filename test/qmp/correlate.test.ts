import { describe, expect, test } from 'vitest';
import { type Answer, type Awaiting, Correlator } from '../../src/qmp/correlate.js';

function awaiting(seq: number, rest: Partial<Awaiting> = {}): Awaiting {
  return {
    session: 1,
    seq,
    name: 'query-status',
    id: undefined,
    oob: false,
    sync: undefined,
    t: 0,
    injected: false,
    ...rest,
  };
}

function success(id?: string, returned?: string): Answer {
  return { id, kind: 'success', returned: () => returned };
}

function failure(id?: string): Answer {
  return { id, kind: 'error', returned: () => undefined };
}

/** What a server answers to a message that its parser refuses. */
const refusal: Answer = { ...failure(), refused: () => true };

describe('what only older rules would answer', () => {
  const doubtful = (seq: number): Awaiting => awaiting(seq, { name: undefined, doubtful: true });

  test('is answered by a refusal, in its turn, and by nothing else', () => {
    const correlator = new Correlator();
    for (const one of [doubtful(1), awaiting(2), doubtful(3), doubtful(4)]) correlator.expect(one);
    expect(correlator.answer(refusal)?.seq).toBe(1);
    expect(correlator.answer(failure())?.seq).toBe(2);
    expect(correlator.answer(refusal)?.seq).toBe(3);
    expect(correlator.answer(success())).toBeUndefined();
    expect(correlator.answer(refusal)?.seq).toBe(4);
  });

  test('is given up when something newer is answered in band, or the rules are known', () => {
    const correlator = new Correlator();
    for (const one of [doubtful(1), awaiting(2, { oob: true, id: '1' }), awaiting(3), doubtful(4)])
      correlator.expect(one);
    expect(correlator.answer(success('1'))?.seq).toBe(2);
    expect(new Correlator(correlator.save()).answer(refusal)?.seq).toBe(1);
    expect(correlator.answer(success())?.seq).toBe(3);
    expect(correlator.answer(refusal)?.seq).toBe(4);
    correlator.expect(doubtful(5));
    correlator.forgetDoubtful();
    expect(correlator.answer(refusal)).toBeUndefined();
  });

  test('counts as nothing that is owed at the end, but is saved', () => {
    const correlator = new Correlator();
    for (const one of [doubtful(1), awaiting(2)]) correlator.expect(one);
    expect(correlator.unanswered().map(({ seq }) => seq)).toEqual([2]);
    expect(correlator.save().awaiting.map(({ seq }) => seq)).toEqual([1, 2]);
  });
});

describe('Correlator', () => {
  test('pairs in-band responses without ids in the order of the commands', () => {
    const correlator = new Correlator();
    correlator.expect(awaiting(1));
    correlator.expect(awaiting(2));
    expect(correlator.answer(success())?.seq).toBe(1);
    expect(correlator.answer(success())?.seq).toBe(2);
    expect(correlator.answer(success())).toBeUndefined();
  });

  test('pairs by id, whoever comes first', () => {
    const correlator = new Correlator();
    correlator.expect(awaiting(1, { id: '"a"' }));
    correlator.expect(awaiting(2, { id: '"b"', oob: true }));
    expect(correlator.answer(success('"b"'))?.seq).toBe(2);
    expect(correlator.answer(success('"a"'))?.seq).toBe(1);
  });

  test('gives the same id twice to the older command first', () => {
    const correlator = new Correlator();
    correlator.expect(awaiting(1, { id: '1' }));
    correlator.expect(awaiting(2, { id: '1' }));
    expect(correlator.answer(success('1'))?.seq).toBe(1);
    expect(correlator.answer(success('1'))?.seq).toBe(2);
  });

  test('gives an error without id to the malformed message, not to the command with an id before it', () => {
    const correlator = new Correlator();
    correlator.expect(awaiting(1, { id: '"a"' }));
    correlator.expect(awaiting(2, { name: undefined }));
    expect(correlator.answer(failure())?.seq).toBe(2);
    expect(correlator.answer(success('"a"'))?.seq).toBe(1);
  });

  test('takes the oldest command where a server drops ids', () => {
    const correlator = new Correlator();
    correlator.expect(awaiting(1, { id: '"a"' }));
    expect(correlator.answer(failure())?.seq).toBe(1);
  });

  test('gives a stale response to nobody when the sync tells it apart', () => {
    const correlator = new Correlator();
    correlator.expect(awaiting(1, { name: 'guest-info' }));
    correlator.expect(awaiting(2, { name: 'guest-sync', sync: '77' }));
    expect(correlator.answer(success(undefined, '77'))?.seq).toBe(2);
    expect(correlator.unanswered().map((one) => one.seq)).toEqual([1]);
  });

  test('knows that guest-shutdown does not answer', () => {
    const correlator = new Correlator();
    correlator.expect(awaiting(1, { name: 'guest-shutdown' }));
    correlator.expect(awaiting(2, { name: 'guest-ping' }));
    expect(correlator.answer(success())?.seq).toBe(2);
    expect(correlator.answer(failure())?.seq).toBe(1);
  });

  test('gives an error without id to the oldest, a success to the silent ones only if nobody else waits', () => {
    const correlator = new Correlator();
    for (const seq of [2, 3]) correlator.expect(awaiting(seq, { name: 'guest-shutdown' }));
    correlator.expect(awaiting(4, { name: 'guest-ping' }));
    correlator.expect(awaiting(5, { id: '1', oob: true }));
    expect(correlator.answer(failure())?.seq).toBe(2);
    expect(correlator.answer(success())?.seq).toBe(4);
    expect(correlator.answer(success())?.seq).toBe(3);
    expect(correlator.answer(success())).toBeUndefined();
    expect(correlator.unanswered().map((one) => one.seq)).toEqual([5]);
  });

  // Looking through all who wait, for each of these answers, would take an hour.
  const many = 65_536;
  const crowds: readonly (readonly [string, (seq: number) => Partial<Awaiting>])[] = [
    [
      'syncs of which none comes back',
      (seq) => ({ name: 'guest-sync', sync: String(seq), id: '1', oob: true }),
    ],
    ['commands that are silent', () => ({ name: 'guest-shutdown' })],
    ['out-of-band commands', (seq) => ({ id: String(seq), oob: true })],
  ];
  test.each(crowds)('finds whose an answer is among many %s', (_name, rest) => {
    const correlator = new Correlator();
    for (let seq = 1; seq <= many; seq += 1) correlator.expect(awaiting(seq, rest(seq)));
    let found = 0;
    for (let n = 1; n <= many; n += 1) if (correlator.answer(success(undefined, 'none'))) found += 1;
    expect(found + correlator.unanswered().length).toBe(many);
  });

  test('knows the late response to a client that has gone', () => {
    const orphan = awaiting(9, { session: 1, id: '"old1"' });
    const correlator = new Correlator({ awaiting: [], orphans: [orphan] });
    correlator.expect(awaiting(1, { session: 2, id: '"libvirt-1"' }));
    expect(correlator.answer(success('"old1"'))).toEqual(orphan);
    expect(correlator.answer(success('"old1"'))).toBeUndefined();
    expect(correlator.answer(success('"libvirt-1"'))?.session).toBe(2);
  });

  test('goes on from a saved state', () => {
    const correlator = new Correlator();
    correlator.expect(awaiting(1, { id: '"a"' }));
    correlator.expect(awaiting(2));
    const again = new Correlator(structuredClone(correlator.save()));
    expect(again.answer(success())?.seq).toBe(2);
    expect(again.answer(success('"a"'))?.seq).toBe(1);
  });

  test('forgets the oldest of a client that never waits', () => {
    const correlator = new Correlator();
    for (let seq = 1; seq <= 70_000; seq += 1) correlator.expect(awaiting(seq));
    expect(correlator.unanswered()).toHaveLength(65_536);
    expect(correlator.answer(success())?.seq).toBe(70_000 - 65_536 + 1);
  });
});
