/** A log in every shape in which people have it gives the same messages. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Clock } from '../../../src/formats/reading/clock.js';
import { LogReader } from '../../../src/formats/reading/log-reader.js';
import { disguises, recordsOf } from '../../support/disguises.js';
import { imported } from '../../support/imported.js';

/** Of libvirt 9.0, as it would have written it to a file. */
const nine = readFileSync('test/fixtures/field/libvirt-own-syslog.log', 'latin1')
  .replace(/^Nov 30 (\S+) host1 libvirtd: /gm, '2026-11-30 $1.000+0000: ')
  .replaceAll('#015#012', '\r\n');
/** Of libvirt 12.8. */
const twelve = readFileSync('test/fixtures/field/libvirt-12-greeting.log', 'latin1');

function messages(log: string): string[] {
  const { recording, format } = imported(Buffer.from(log, 'latin1'));
  expect(format).toBe('libvirt-log');
  return Array.from(
    recording.messages(),
    ({ session, dir, fds, raw }) => `${session} ${dir} ${fds} ${Buffer.from(raw).toString()}`,
  );
}

test('there are 42 disguises, at least', () => {
  expect(Object.keys(disguises).length).toBeGreaterThanOrEqual(42);
  expect(messages(nine)).toHaveLength(12);
  expect(messages(twelve)).toHaveLength(11);
});

describe.each(Object.entries(disguises))('%s', (_name, disguise) => {
  test.each([
    ['9.0', nine],
    ['12.8', twelve],
  ])('libvirt %s', (_version, log) => {
    expect(messages(disguise(recordsOf(log)))).toEqual(messages(log));
  });
});

test('disguises one over the other', () => {
  const lines = Object.entries(disguises).filter(([name]) =>
    /^(?:cat -n|quoted|in colours|indented$|docker c)/.test(name),
  );
  const property = fc.property(fc.shuffledSubarray(lines, { maxLength: 3 }), (worn) => {
    const log = worn.reduce(
      (text, [, disguise]) => disguise([text.split('\n')]),
      recordsOf(twelve).flat().join('\n'),
    );
    expect(messages(log)).toEqual(messages(twelve));
  });
  fc.assert(property, { numRuns: 40 });
});

describe('what is missing', () => {
  function gaps(lines: readonly string[]): number[] {
    const found: number[] = [];
    const reader = new LogReader(
      { line: () => undefined, gap: (number) => found.push(number) },
      new Clock(0),
    );
    for (const [at, line] of lines.entries()) reader.line(line, at + 1);
    reader.end();
    return found;
  }

  test.each(['--', '[...]', '...', '(snip)', '\xe2\x80\xa6', '[12 lines omitted]'])('%s', (line) => {
    expect(gaps(['a', line, 'b'])).toEqual([2]);
  });

  test('numbers that leave some out', () => {
    expect(gaps(['1\ta', '2\tb', '7\tc'])).toEqual([3]);
    expect(gaps(['2026-05-01 10:00:00 a', '2027-05-01 12:00:00 b'])).toEqual([]);
  });
});
