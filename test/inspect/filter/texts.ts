import fc from 'fast-check';
import type { Condition } from '../../../src/recording/condition.js';
import { messageKinds } from '../../../src/recording/message.js';

const pieces = [
  'cmd:', 'event:', 'kind:', 'kind:error', 'dir:c2s', 'id:', 'session:', 'arg:', 'dur>', 't<=', 'fds=', 'pending',
  'not', 'or', 'and', '(', ')', '"', '/', '\\', ' ', ' ', '50ms', '1.5s', '2', 'a', 'b*', 'a.b[*]=x', ':', '=', '\n', '\u{1f600}',
]; // prettier-ignore

/** Texts that look like filters, and texts that do not. */
export const filterText = fc.oneof(
  fc.array(fc.constantFrom(...pieces), { maxLength: 12 }).map((parts) => parts.join('')),
  fc.array(fc.constantFrom(...pieces), { maxLength: 12 }).map((parts) => parts.join(' ')),
  fc.string({ unit: 'binary', maxLength: 20 }),
);

const word = fc.oneof(
  fc.constantFrom(
    'query-status',
    'query-*',
    'BLOCK_*',
    'STOP',
    'libvirt-?',
    'device_add',
    '*',
    'GenericError',
    'vm',
  ),
  fc.string({ maxLength: 6 }),
);
const comparison = fc.constantFrom('<', '<=', '>', '>=', '=' as const);

/** Conditions of every kind, as the parser gives them. */
export const { condition } = fc.letrec<{ condition: Condition }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.record({ op: fc.constantFrom('command', 'event', 'class', 'label', 'id' as const), glob: word }),
    fc.record({ op: fc.constant('kind' as const), kind: fc.constantFrom(...messageKinds) }),
    fc.record({ op: fc.constant('dir' as const), dir: fc.constantFrom('c2s', 's2c' as const) }),
    fc.record({ op: fc.constant('session' as const), session: fc.nat(3) }),
    fc.record({
      op: fc.constantFrom('duration', 'time' as const),
      is: comparison,
      value: fc.oneof(
        fc.nat(5_000),
        fc.nat(20).map((n) => n * 1_000_000),
      ),
    }),
    fc.record({ op: fc.constant('fds' as const), is: comparison, value: fc.nat(2) }),
    fc.record({
      op: fc.constant('argument' as const),
      path: fc.constantFrom('driver', '**.driver', 'a[*].b', 'node-name', '["a b"]'),
      glob: fc.option(word, { nil: undefined }),
    }),
    fc.constant<Condition>({ op: 'pending' }),
    fc.record({ op: fc.constant('text' as const), text: word }),
    fc.record({
      op: fc.constant('regex' as const),
      source: fc.constantFrom('a', '^.{"', '\\bid\\b', 'execute|return', '[\\/]'),
      ignoreCase: fc.boolean(),
    }),
    fc.record({ op: fc.constant('not' as const), of: tie('condition') }),
    fc
      .record({
        op: fc.constantFrom('and', 'or' as const),
        of: fc.array(tie('condition'), { minLength: 2, maxLength: 3 }),
      })
      .map(({ op, of }) => ({ op, of: of.flatMap((item) => (item.op === op ? item.of : [item])) })),
  ),
}));
