import { expect, test } from 'vitest';
import { SentMessages } from '../../../src/replay/plan/sent-now.js';
import { bytesOf, planned, textOf } from '../playbook.js';

const plan = planned(
  `
  -> {"execute":"guest-sync","arguments":{"id":1},"id":"a"}
  <- {"return": 1, "id": "a"}
  -> {"execute":"guest-ping"}
  <- {"return": {}}
  <- {"return": {}, "id": "late"}
`,
  { dialect: 'qga' },
);

test('responses take from their commands of now what they must, and nothing else', () => {
  const sent = new SentMessages(plan, ({ session }) => (session === 9 ? { id: '5' } : undefined));
  const answered = (place: number, command: number): string =>
    textOf(sent.answer(plan.steps[place]!.message, command)).trim();
  expect(answered(1, 0)).toBe('{"return": 1, "id": "a"}');
  sent.add(0, bytesOf('{"execute":"guest-sync","arguments":{"id":77},"id":"b"}'), '"b"', 10);
  sent.add(2, bytesOf('{"execute":"guest-ping"}'), undefined, 20);
  expect(answered(1, 0)).toBe('{"return": 77, "id": "b"}');
  expect(answered(3, 2)).toBe('{"return": {}}');
  expect([sent.timeOf(0), sent.timeOf(2), sent.timeOf(4)]).toEqual([10, 20, undefined]);
  expect([sent.find(1)?.id, sent.find(3)?.id, sent.find(2)]).toEqual(['"b"', undefined, undefined]);
  const late = { ...plan.steps[4]!.message, late: { session: 9, seq: 1 } };
  expect(textOf(sent.answer(late, 3)).trim()).toBe('{"return": {}, "id": 5}');
  expect(sent.answer({ ...late, late: { session: 8, seq: 1 } }, 3)).toBe(late.raw);
});
