import { describe, expect, test } from 'vitest';
import { findSchema, Schemas } from '../../../src/inspect/schema/schemas.js';
import type { MessageRange } from '../../../src/recording/ports.js';
import { exchange, type Line, played } from '../../support/conversation.js';
import { entries } from '../../support/schema.js';

const greeting = (micro: number): readonly ['<-', object] => [
  '<-',
  { QMP: { version: { qemu: { micro, minor: 2, major: 7 }, package: '' } } },
];
const asked = exchange('query-qmp-schema', undefined, entries);
const other = exchange('query-qmp-schema', undefined, entries.slice(0, 8));

test('a schema is found in the session, or in another one with the same server', () => {
  const recording = played(
    [greeting(1), ...asked],
    [greeting(1), ...exchange('stop')],
    [greeting(2), ...exchange('stop')],
  );
  expect(findSchema(recording, 1)?.commands.size).toBe(6);
  expect(findSchema(recording, 2)?.commands.size).toBe(6);
  expect(findSchema(recording, 3)).toBeUndefined();
  expect(findSchema(recording, 4)).toBeUndefined();
});

test('a session has its own before that of another one with the same server', () => {
  const schemas = new Schemas(played([greeting(1), ...asked], [greeting(1), ...other]));
  expect([1, 2].map((session) => schemas.of(session)?.commands.size)).toEqual([6, 1]);
  expect(schemas.first()?.commands.size).toBe(6);
});

test('it is not made of an answer that is none', () => {
  const recording = played([greeting(1), ...exchange('query-qmp-schema', undefined, {})], [greeting(1)]);
  const schemas = new Schemas(recording);
  expect([schemas.of(1), schemas.of(2), schemas.first()]).toEqual([undefined, undefined, undefined]);
});

describe('of many sessions', () => {
  const sessions = Array.from({ length: 100 }, (): Line[] => [greeting(1), ...exchange('stop')]);

  /** How often messages are read when each session's schema is asked for. */
  function reads(...recorded: readonly (readonly Line[])[]): number {
    const recording = played(...recorded);
    let count = 0;
    const messages = recording.messages.bind(recording);
    recording.messages = (range?: MessageRange) => {
      count += 1;
      return messages(range);
    };
    const schemas = new Schemas(recording);
    for (const { id } of recording.sessions()) schemas.of(id);
    return count;
  }

  test('none is looked through for the others', () => {
    expect(reads(...sessions)).toBe(1);
    expect(reads(...sessions, [greeting(1), ...asked])).toBe(3);
  });
});
