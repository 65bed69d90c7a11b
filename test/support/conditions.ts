/** Conditions of every kind, made from the table of fields: a new row is asked for without a word here. */
import fc from 'fast-check';
import type { Condition } from '../../src/recording/condition.js';
import type { Field, NumberField } from '../../src/recording/fields/field.js';
import {
  fields,
  type FlagName,
  type NumberName,
  type PathName,
  type TextName,
} from '../../src/recording/fields/fields.js';
import {
  bytes,
  count,
  dayMicros,
  duration,
  moment,
  timeOfDay,
  type Unit,
} from '../../src/recording/fields/units.js';

const word = fc.oneof(
  fc.constantFrom(
    ...[
      '*',
      '*_?*',
      '??OP',
      '[q]*',
      '[1]',
      '{*',
      '*1*2*3*',
      '',
      '"',
      '*"',
      'no',
      'vm',
      'VM',
      'x',
      '1*',
      '*-2',
    ],
    ...[
      'query-status',
      'query-*',
      'device_add',
      'STOP',
      'BLOCK_*',
      'GenericError',
      'DeviceNotFound',
      'running',
    ],
    ...['libvirt-?', 'n-7', '"n-7"', 'web-1', 'web*', 'virtio*'],
  ),
  fc.string({ maxLength: 6 }),
);
const path = fc.constantFrom(
  ...['driver', '**.driver', 'a[*].b', 'node-name', '["a b"]', 'blob', 'status', 'device', '*', '**'],
);
const comparison = fc.constantFrom('<', '<=', '>', '>=', '=' as const);

/** When the sessions of our tests begin, microseconds since 1970. */
const starts = fc.constantFrom(1_795_165_949_000_000, 1_795_000_000_000_000, 3);
const numbers = new Map<Unit, fc.Arbitrary<number>>([
  [count, fc.nat(20)],
  [
    duration,
    fc.oneof(
      fc.nat(5_000),
      fc.nat(20).map((n) => n * 1_000_000),
    ),
  ],
  [bytes, fc.oneof(fc.nat(150), fc.constantFrom(1_000, 4_096, 5_000, 70_000))],
  [moment, fc.tuple(starts, fc.integer({ min: -2, max: 20_000 })).map(([start, after]) => start + after)],
  [timeOfDay, fc.tuple(starts, fc.nat(20_000)).map(([start, after]) => (start + after) % dayMicros)],
]);

function numberOf({ unit }: NumberField): fc.Arbitrary<number> {
  const known = numbers.get(unit);
  if (known === undefined) throw new Error('a unit without numbers to try');
  return known;
}

/** Conditions on one field; none for what is only another way to write one. */
export function conditionsOn(key: string, field: Field): fc.Arbitrary<Condition> | undefined {
  switch (field.family) {
    case 'text': {
      const { values } = field;
      const example = field.example.slice(key.length + 1);
      const glob =
        values === undefined
          ? fc.oneof(word, fc.constant(example))
          : fc.constantFrom('*', ...values, ...values.map((value) => `${value.slice(0, 1)}*`));
      return fc.record({ op: fc.constant('glob' as const), field: fc.constant(key as TextName), glob });
    }
    case 'path':
      return fc.record({
        op: fc.constant('glob' as const),
        field: fc.constant(key as PathName),
        path,
        glob: word,
      });
    case 'number':
      return fc.record({
        op: fc.constant('compare' as const),
        field: fc.constant(key as NumberName),
        is: comparison,
        value: numberOf(field),
      });
    case 'flag':
      return fc.constant<Condition>({ op: 'flag', field: key as FlagName });
    case 'shorthand':
      return undefined;
  }
}

const leaf = fc.oneof(
  ...[...fields].flatMap(([key, field]) => conditionsOn(key, field) ?? []),
  fc.record({
    op: fc.constant('text' as const),
    text: fc.oneof(word, fc.constantFrom('RUNNING', 'no-such', 'é', 'tail of it', 'aaaaab', '\0')),
  }),
  fc.record({
    op: fc.constant('regex' as const),
    source: fc.constantFrom('a', '^.\\{"', '\\bid\\b', 'execute|return', '[\\/]', 'virtio\\d', '^\\{"return'),
    ignoreCase: fc.boolean(),
  }),
);

/** Trees of them, as the parser gives them. */
export const { condition } = fc.letrec<{ condition: Condition }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    { arbitrary: leaf, weight: 4 },
    { arbitrary: fc.record({ op: fc.constant('not' as const), of: tie('condition') }), weight: 1 },
    {
      arbitrary: fc
        .record({
          op: fc.constantFrom('and', 'or' as const),
          of: fc.array(tie('condition'), { minLength: 2, maxLength: 3 }),
        })
        .map(({ op, of }) => ({ op, of: of.flatMap((item) => (item.op === op ? item.of : [item])) })),
      weight: 1,
    },
  ),
}));

/** Those too that only a program can make. */
export const anyCondition: fc.Arbitrary<Condition> = fc.oneof(
  { arbitrary: condition, weight: 8 },
  { arbitrary: fc.constant<Condition>({ op: 'all' }), weight: 1 },
  { arbitrary: fc.constantFrom<Condition>({ op: 'and', of: [] }, { op: 'or', of: [] }), weight: 1 },
);
