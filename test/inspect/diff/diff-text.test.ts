import { describe, expect, test } from 'vitest';
import { diffRecordings } from '../../../src/inspect/diff/diff-recordings.js';
import { diffJson, diffText } from '../../../src/inspect/diff/diff-text.js';
import { MemoryRecording } from '../../../src/recording/memory.js';
import { exchange, type Line, played } from '../../support/conversation.js';

const base: Line[] = [
  ['<-', { QMP: { version: { qemu: { micro: 1, minor: 2, major: 7 }, package: '' } } }],
  ...exchange('query-status', undefined, { status: 'running' }),
  ...exchange('device_add', { driver: 'a', long: 'x'.repeat(400) }),
  ...exchange('cont'),
  ...exchange('query-qmp-schema', undefined, [1]),
];
const other: Line[] = [
  ['<-', { QMP: { version: { qemu: { micro: 2, minor: 0, major: 10 }, package: '' } } }],
  ...exchange('cont'),
  ...exchange('query-status', undefined, { status: 'pau\u001bsed' }),
  ...exchange('stop'),
  ...exchange('query-qmp-schema', undefined, [2]),
];

function text(a: MemoryRecording, b: MemoryRecording): string[] {
  return [...diffText(diffRecordings(a, b), { a, b, nameA: 'a.qmptap', nameB: 'b.qmptap' })].map(
    (line) => line.text,
  );
}

describe('diffText', () => {
  test('tells the whole account, escaped', () => {
    const lines = text(played({ label: 'vm', lines: base }), played(other));
    expect(lines.slice(0, 2)).toEqual([
      '--- a.qmptap session 1, vm, QEMU 7.2.1',
      '+++ b.qmptap session 1, QEMU 10.0.2',
    ]);
    const rest = lines.slice(2).join('\n');
    expect(rest).toContain('~      #1      #1  <- greeting\n                  QMP.version.qemu.micro: 1 | 2');
    expect(rest).toContain('return.status: "running" | "pau\\u001Bsed"');
    expect(rest).toMatch(/^- {6}#4 {10}-> \{"execute":"device_add".*xxx\.\.\.$/m);
    expect(rest).toMatch(/^\+ {14}#6 {2}-> \{"execute":"stop"\}$/m);
    expect(rest).toMatch(/^> .*\(moved\)$/m);
    expect(rest).toContain('`qmptap schema diff` tells what');
    expect(lines.at(-1)).toMatch(
      /^1 of 4 exchanges and 0 of 0 events are the same; 1 only in a\.qmptap, 1 only in b/,
    );
  });

  test('says what has no counterpart, and that there is nothing', () => {
    const lines = text(played(base, { label: 'x', lines: exchange('guest-ping') }), played(base));
    expect(lines.at(-1)).toBe('- session 2 (x, guest agent, 2 messages) is only in a.qmptap');
    expect(lines.at(-2)).toBe('4 of 4 exchanges and 0 of 0 events are the same');
    expect(text(new MemoryRecording(), new MemoryRecording())).toEqual(['neither recording has a session']);
  });

  test('counts what is too much to show', () => {
    const many = (n: number): Line[] =>
      exchange(
        'q',
        undefined,
        Array.from({ length: 30 }, (_, at) => at * n),
      );
    expect(text(played(many(1)), played(many(2))).join('\n')).toContain('and 9 more differences');
  });
});

test('diffJson has a line for each difference and a summary', () => {
  const lines = [...diffJson(diffRecordings(played(base), played(other)))];
  expect(lines).toContainEqual({
    type: 'difference',
    sessions: [1, 1],
    change: 'added',
    of: 'exchange',
    name: 'stop',
    a: undefined,
    b: 6,
    differences: [],
  });
  expect(lines.at(-1)).toMatchObject({
    type: 'diff',
    same: false,
    onlyA: [],
    sessions: [{ exchanges: { same: 1 } }],
  });
});
