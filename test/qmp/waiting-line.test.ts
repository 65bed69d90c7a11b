import fc from 'fast-check';
import { expect, test } from 'vitest';
import { WaitingLine } from '../../src/qmp/waiting-line.js';

test('keeps the order, whoever leaves', () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.nat(300)), { maxLength: 500 }), (steps) => {
      const line = new WaitingLine<{ seq: number }>();
      let plain: number[] = [];
      let seq = 0;
      for (const leaves of steps) {
        if (leaves === null) {
          line.add({ seq: ++seq });
          plain.push(seq);
        } else {
          line.delete(leaves);
          plain = plain.filter((one) => one !== leaves);
        }
        expect([...line].map((one) => one.seq)).toEqual(plain);
        expect(line.first()?.seq).toBe(plain[0]);
        expect(line.size).toBe(plain.length);
      }
    }),
  );
});

test('is as quick behind one who never leaves', () => {
  const line = new WaitingLine<{ seq: number }>();
  line.add({ seq: 1 });
  let seen = 0;
  for (let seq = 2; seq <= 200_000; seq += 1) {
    line.add({ seq });
    line.delete(seq);
    // Passing all who have left would take minutes.
    for (const one of line) seen += one.seq;
  }
  expect(seen).toBe(199_999);
});
