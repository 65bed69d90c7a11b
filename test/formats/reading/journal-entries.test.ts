import { expect, test } from 'vitest';
import { type Fields, JournalEntries } from '../../../src/formats/reading/journal-entries.js';

function entries(lines: readonly string[]): { given: [number, Fields][]; others: string[] } {
  const given: [number, Fields][] = [];
  const others: string[] = [];
  const journal = new JournalEntries((fields, number) => given.push([number, fields]));
  for (const [at, line] of lines.entries()) if (!journal.take(line, at + 1)) others.push(line);
  journal.end();
  return { given, others };
}

test('journalctl -o verbose', () => {
  const { given, others } = entries([
    'before',
    'Fri 2026-05-01 10:00:00.250000 UTC [s=ab12;i=1;b=cd]',
    '    _PID=812',
    '    MESSAGE=one',
    '             two',
    'Fri 2026-05-01 10:00:01.250000 UTC [s=ab12;i=2;b=cd]',
    '    MESSAGE=three',
  ]);
  expect(others).toEqual(['before']);
  expect(given).toEqual([
    [2, { time: '2026-05-01 10:00:00.250000 UTC', _PID: '812', MESSAGE: 'one\ntwo' }],
    [6, { time: '2026-05-01 10:00:01.250000 UTC', MESSAGE: 'three' }],
  ]);
});

test('journalctl -o export, with bytes of any kind', () => {
  const text = 'a\nMESSAGE=b\n\nc';
  const { given, others } = entries(
    `__CURSOR=x\n__REALTIME_TIMESTAMP=1\nMESSAGE\n${String.fromCharCode(text.length)}${'\0'.repeat(7)}${text}\n_PID=1\n\n__CURSOR=y\nMESSAGE=d\n`.split(
      '\n',
    ),
  );
  expect(others).toEqual([]);
  expect(given.map(([, fields]) => fields['MESSAGE'])).toEqual([text, 'd']);
});
