/** Whatever two peers send, everything that looks at it ends, and what it prints is safe on a terminal. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { diffRecordings } from '../../src/inspect/diff/diff-recordings.js';
import { diffText } from '../../src/inspect/diff/diff-text.js';
import { collectPending } from '../../src/inspect/stories/pending.js';
import { checkCommand, explainMessage } from '../../src/inspect/schema/schema-check.js';
import { findSchema } from '../../src/inspect/schema/schemas.js';
import { diffSchemas } from '../../src/inspect/schema/schema-diff.js';
import { describeName } from '../../src/inspect/schema/schema-shape.js';
import { schemaDiffText, schemaText, shapeText } from '../../src/inspect/schema/schema-text.js';
import { collectStatistics } from '../../src/inspect/stats/stats.js';
import { statisticsText } from '../../src/inspect/stats/stats-text.js';
import { collectStories } from '../../src/inspect/stories/stories.js';
import { storyText } from '../../src/inspect/stories/stories-text.js';
import { fromPlain } from '../../src/json/value.js';
import { decodeSchema } from '../../src/qmp/schema.js';
import { type Line, played } from '../support/conversation.js';
import { entries } from '../support/schema.js';

const names = [
  [
    'device_del',
    'blockdev-mirror',
    'block-job-cancel',
    'query-jobs',
    'transaction',
    'migrate',
    'query-migrate',
  ],
  [
    'guest-exec',
    'guest-exec-status',
    'guest-fsfreeze-freeze',
    'guest-fsfreeze-thaw',
    'system_powerdown',
    'job-dismiss',
  ],
  [
    'query-qmp-schema',
    'blockdev-add',
    'device_add',
    'migrate_cancel',
    'dump-guest-memory',
    '\u001b[2J\u009b',
    '\u202e',
  ],
].flat();
const events = [
  'DEVICE_DELETED',
  'JOB_STATUS_CHANGE',
  'BLOCK_JOB_COMPLETED',
  'MIGRATION',
  'STOP',
  'SHUTDOWN',
  '\u0007',
];
const keys = [
  'id',
  'device',
  'path',
  'job-id',
  'status',
  'pid',
  'actions',
  'type',
  'data',
  'uri',
  'driver',
  'exited',
];

const value = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(
      'x',
      'concluded',
      'created',
      'active',
      'blockdev-backup',
      '\u001b]0;',
      'file',
      1,
      true,
      null,
      1e300,
    ),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...keys), tie('value'), { maxKeys: 4 }),
  ),
})).value;

const line: fc.Arbitrary<Line> = fc.oneof(
  fc
    .tuple(fc.constantFrom(...names), value)
    .map(([execute, given]): Line => ['->', { execute, arguments: given }]),
  value.map((returned): Line => ['<-', { return: returned }]),
  fc.constantFrom<Line>(
    ['<-', { return: entries }],
    ['<-', { error: { class: '\u001b', desc: '\u009b\u202e' } }],
  ),
  fc.tuple(fc.constantFrom(...events), value).map(([event, data]): Line => ['<-', { event, data }]),
  fc.tuple(fc.constantFrom('->', '<-'), fc.string({ unit: 'binary', maxLength: 20 })) as fc.Arbitrary<Line>,
);
const session = fc.array(line, { maxLength: 15 });

/** Nothing that moves a cursor, turns the direction of text or hides. */
function expectSafe(lines: Iterable<string>): void {
  for (const text of lines) expect(text).not.toMatch(/[\p{Cc}\u2028-\u202e\u2066-\u2069]/u);
}

function* everything(a: ReturnType<typeof played>, b: ReturnType<typeof played>): Iterable<string> {
  for (const { heading, lines } of statisticsText(collectStatistics([{ reader: a }, { reader: b }]))) {
    yield heading;
    yield* lines;
  }
  for (const story of collectStories(a)) for (const { text } of storyText(story)) yield text;
  collectPending(a);
  const diff = diffRecordings(a, b);
  for (const { text } of diffText(diff, { a, b, nameA: 'a', nameB: 'b' })) yield text;
  const schema = findSchema(a, 1);
  if (schema === undefined) return;
  for (const message of a.messages()) {
    checkCommand(schema, message);
    explainMessage(schema, message);
  }
}

test('any two conversations', () => {
  fc.assert(
    fc.property(session, session, (a, b) => {
      expectSafe(everything(played(a, a), played(b, a)));
    }),
    { numRuns: 200 },
  );
});

test('any schema', () => {
  const type = fc.constantFrom('0', '1', '2', '[1]', 'str', '\u001b');
  const odd = fc.record(
    {
      name: fc.constantFrom('0', '1', '2', '[1]', 'c', '\u001b[31m'),
      'meta-type': fc.constantFrom('object', 'enum', 'array', 'alternate', 'command', 'event', 'builtin'),
      'arg-type': type,
      'ret-type': type,
      'element-type': type,
      members: fc.array(
        fc.record({ name: fc.constantFrom('a', 'b', '\u0007'), type }, { requiredKeys: ['type'] }),
        { maxLength: 3 },
      ),
      tag: fc.constantFrom('a', 'b'),
      variants: fc.array(fc.record({ case: fc.constantFrom('x', '\u009b'), type }), { maxLength: 2 }),
      values: fc.constant(['x', '\u001b']),
      features: fc.constant(['deprecated', '\u001b']),
    },
    { requiredKeys: ['name', 'meta-type'] },
  );
  const schema = fc.array(odd, { maxLength: 10 }).map((list) => decodeSchema(fromPlain(list)));
  fc.assert(
    fc.property(schema, schema, (a, b) => {
      if (a === undefined) return;
      expectSafe(schemaText(a));
      for (const name of [...a.commands.keys(), ...a.events.keys()]) {
        for (const shape of describeName(a, name)) expectSafe(shapeText(shape));
      }
      expect([...schemaDiffText(diffSchemas(a, a))]).toEqual([]);
      if (b !== undefined) expectSafe(schemaDiffText(diffSchemas(a, b)));
    }),
    { numRuns: 200 },
  );
});
