import { afterEach, describe, expect, test, vi } from 'vitest';
import { asciiJson, escapeLines, jsonLine, Lines, report, say } from '../../../src/cli/output/output.js';
import { DivergenceError, RecordingError, UsageError } from '../../../src/errors.js';

afterEach(() => {
  vi.restoreAllMocks();
});

/** What is written to a standard stream meanwhile. */
function written(stream: 'stdout' | 'stderr'): () => string {
  const write = vi.spyOn(process[stream], 'write').mockReturnValue(true);
  return () => Buffer.concat(write.mock.calls.map(([chunk]) => Buffer.from(chunk))).toString();
}

test('a line of JSON is ASCII, and means the same', () => {
  const value = { text: 'é\u2028\u009b', n: [1] };
  const line = jsonLine(value);
  expect(line).toMatch(/^[\x20-\x7e]+\n$/);
  expect(JSON.parse(line)).toEqual(value);
  expect(asciiJson('{"a":"\u007f"}')).toBe('{"a":"\\u007f"}');
});

test('a line for the user is escaped', () => {
  const told = written('stderr');
  say('a\u001b[2J\nb');
  expect(told()).toBe('qmptap: a\\u001b[2J\\nb\n');
});

test('each line of several is escaped', () => {
  expect(escapeLines('a\u001b\nb\r')).toBe('a\\u001b\nb\\r');
});

describe('lines', () => {
  test('are gathered until there is enough, and at the end', () => {
    const told = written('stdout');
    const lines = new Lines();
    lines.write('a\n');
    lines.write(new Uint8Array([0x62, 0x0a]));
    expect([told(), lines.full]).toEqual(['', false]);
    lines.write('x'.repeat(70_000));
    expect(told()).toHaveLength(70_004);
    lines.write('c\n');
    lines.flush();
    lines.flush();
    expect(told().slice(70_004)).toBe('c\n');
  });

  test('taken by their writer are given once', () => {
    const lines = new Lines();
    lines.add('x'.repeat(70_000));
    expect(lines.full).toBe(true);
    expect(lines.take()).toHaveLength(70_000);
    expect([lines.full, lines.take().length]).toEqual([false, 0]);
  });
});

describe('an error', () => {
  test.each([
    [
      new UsageError({ subject: '--x', reason: 'no', remedy: 'leave it out' }),
      2,
      'qmptap: --x: no; leave it out\n',
    ],
    [new RecordingError({ reason: 'damaged' }, { path: 'a' }), 1, 'qmptap: a: damaged\n'],
    [new DivergenceError({ reason: 'differs' }), 3, 'qmptap: differs\n'],
    [new Error('oops'), 1, 'qmptap: internal error: oops; please report this, with the output of --debug\n'],
    ['text', 1, 'qmptap: text\n'],
  ])('%s ends with %i', (error, code, line) => {
    const told = written('stderr');
    expect(report(error, false)).toBe(code);
    expect(told()).toBe(line);
  });

  test('points at the column, and has its stack and causes with --debug', () => {
    const told = written('stderr');
    const cause = new Error('deeper', { cause: new Error('deepest') });
    report(new UsageError({ reason: 'no' }, { text: 'abc', column: 1, cause }), true);
    expect(told()).toMatch(
      /^qmptap: no\n {2}abc\n {3}\^\nUsageError: no\n {4}at [^]*caused by Error: deeper\n[^]*caused by Error: deepest\n/,
    );
  });
});
