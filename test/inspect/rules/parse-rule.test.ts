import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UsageError } from '../../../src/errors.js';
import { namesOf, parseDemand } from '../../../src/inspect/rules/parse-rule.js';

function refusal(text: string): UsageError {
  try {
    parseDemand(text);
  } catch (error) {
    if (error instanceof UsageError) return error;
    throw error;
  }
  throw new Error(`${text} is read`);
}

describe('parseDemand', () => {
  test('each … then … within … unless', () => {
    expect(
      parseDemand('each cmd:device_del($id) then event:DEVICE_DELETED(device=$id) within 10s unless error'),
    ).toMatchObject({
      form: 'each',
      trigger: { alternatives: [{ bindings: [{ field: 'arg', name: 'id' }] }] },
      then: { alternatives: [{ bindings: [{ field: 'data', name: 'id' }] }] },
      within: 10e9,
      unless: { answer: 'error' },
    });
    expect(parseDemand('each cmd:a then success unless event:B within 5ms')).toMatchObject({
      then: { answer: 'success' },
      within: 5e6,
    });
  });

  test('the other forms', () => {
    expect(parseDemand('never kind:malformed')).toMatchObject({ form: 'never' });
    expect(parseDemand('sometimes event:STOP')).toMatchObject({ form: 'sometimes' });
    expect(parseDemand('always kind:event')).toMatchObject({ form: 'always', until: undefined });
    expect(parseDemand('each cmd:a always not cmd:b until success')).toMatchObject({
      form: 'always',
      after: { alternatives: [{}] },
      until: { answer: 'success' },
    });
    expect(parseDemand('at most 8 in flight')).toMatchObject({ form: 'at most', most: 8 });
    expect(parseDemand('at most 2 cmd:query-* or cmd:x in flight')).toMatchObject({ most: 2 });
  });

  test('words of its own in quotes are text', () => {
    expect(parseDemand('never "each" or "in" or at or flight')).toMatchObject({
      pattern: { alternatives: [{ condition: { op: 'or' } }] },
    });
  });

  test.each([
    ['', 0, 'an empty rule'],
    ['bla', 0, "a rule begins with 'each', 'never', 'always', 'sometimes', 'at most'"],
    ['then x', 0, "'then' cannot stand at the beginning"],
    ['each', 4, "nothing behind 'each'"],
    ['each cmd:x', 10, "'then' is missing"],
    ['each cmd:x then', 15, "nothing behind 'then'"],
    ['each cmd:x then response then response', 25, "'then' cannot stand behind 'then'"],
    ['each cmd:x then event:Y($z)', 15, '$z has no value there'],
    ['each cmd:x then response unless arg:a=$b', 31, '$b has no value there'],
    ['each cmd:x then response within 5', 33, 'a time wants a unit: ns, us, ms, s, min or h'],
    ['each cmd:x then response within soon', 32, "'soon' is no time"],
    ['each cmd:x always cmd:y', 23, "'until' is missing"],
    ['always cmd:x until response', 18, 'there is no command that it answers'],
    ['always arg:x=$y', 6, '$y has no value there'],
    ['at most in flight', 7, 'the number is missing'],
    ['at most 5', 9, "'in flight' is missing"],
    ['never (cmd:x', 6, "a '(' without its ')'"],
    ['never cmd:x until y', 12, "'until' cannot stand behind 'never'"],
  ])('%j is refused', (text, column, reason) => {
    const error = refusal(text);
    expect([error.reason, error.column, error.text]).toEqual([reason, column, text]);
  });

  const words = ['each', 'then', 'within', '5s', 'unless', 'error', 'never', 'always', 'until', 'at', 'most', '3', 'in', 'flight', 'sometimes', 'cmd:a($x)', 'event:B(c=$x)', 'data:c=$x', 'or', 'not', '(', ')', '"', '/', 'cmd:', '$x']; // prettier-ignore
  test('any text gives a demand or an error that points into it', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 80 }),
      fc.array(fc.constantFrom(...words), { maxLength: 12 }).map((list) => list.join(' ')),
    );
    fc.assert(
      fc.property(text, (written) => {
        try {
          parseDemand(written);
        } catch (error) {
          expect(error).toBeInstanceOf(UsageError);
          const { column } = error as UsageError;
          expect(column).toBeGreaterThanOrEqual(0);
          expect(column).toBeLessThanOrEqual(written.length);
        }
      }),
    );
  });
});

test('namesOf: what each alternative names', () => {
  const demand = parseDemand('never cmd:a(x=$x, y=$y) or cmd:b or cmd:c(z=$x)');
  expect(demand.form === 'never' && namesOf(demand.pattern)).toEqual([['x', 'y'], [], ['x']]);
});
