/** The library's types, as a program that imports it sees them: `npm run types` checks what is expected here. */
import { describe, expect, expectTypeOf, test } from 'vitest';
import * as library from '../src/index.js';
import type {
  Condition,
  JsonValue,
  Message,
  OpenedRecording,
  Peer,
  RecordEvent,
  RecordingReader,
  RecordOptions,
  ReplaySource,
  RunningReplayServer,
  Script,
} from '../src/index.js';

describe('types', () => {
  test('a recording is opened, filtered and disposed of', () => {
    expectTypeOf(library.openRecording).returns.toEqualTypeOf<OpenedRecording>();
    expectTypeOf<OpenedRecording>().toExtend<RecordingReader & Disposable>();
    expectTypeOf(library.parseFilter).returns.toEqualTypeOf<Condition>();
    expectTypeOf<RecordingReader['messages']>().returns.toEqualTypeOf<Iterable<Message>>();
    expectTypeOf<Message['latency']>().toEqualTypeOf<number | undefined>();
  });

  test('an event is told by its type, and all in it is plain', () => {
    expectTypeOf<NonNullable<RecordOptions['onEvent']>>().parameter(0).toEqualTypeOf<RecordEvent>();
    type Joined = Extract<RecordEvent, { type: 'joined' }>;
    expectTypeOf<Joined['client']>().toEqualTypeOf<Peer>();
    expectTypeOf<Joined['server']>().toEqualTypeOf<Peer>();
  });

  test('what records and replays can be awaited, and disposed of', () => {
    expectTypeOf<Awaited<ReturnType<typeof library.record>>>().toExtend<AsyncDisposable>();
    expectTypeOf(library.replayServer).returns.resolves.toEqualTypeOf<RunningReplayServer>();
    expectTypeOf<RunningReplayServer>().toExtend<AsyncDisposable>();
    expectTypeOf<string | RecordingReader | Script>().toExtend<ReplaySource>();
    // @ts-expect-error -- where the server is has to be said
    expectTypeOf<Parameters<typeof library.replayClient>>().toExtend<[ReplaySource]>();
  });

  test('parsing keeps every digit', () => {
    expectTypeOf(library.parse).returns.toEqualTypeOf<JsonValue>();
    const value = library.parse('{"n": 9223372036853727232, "x": 1.0}');
    expect(library.print(value)).toBe('{"n":9223372036853727232,"x":1.0}');
    expect(library.toPlain(value)).toEqual({ n: 9223372036853727232n, x: 1 });
    expect(() => library.parse('{')).toThrow(library.JsonError);
  });
});

test('errors are of one kind, and tell what they are', () => {
  const error = new library.UsageError({ subject: '--match', reason: 'it is none', remedy: 'give strict' });
  expect(error).toBeInstanceOf(library.QmptapError);
  expect(error).toMatchObject({ code: 'USAGE', exitCode: 2, subject: '--match' });
});
