import { expect, test } from 'vitest';
import { Clock } from '../../../src/formats/reading/clock.js';
import { SocatDump } from '../../../src/formats/talk/socat-dump.js';
import { parseIsoTime } from '../../../src/text/time.js';

function read(text: string): { given: string[]; others: string[] } {
  const given: string[] = [];
  const others: string[] = [];
  const dump = new SocatDump(new Clock(0), (dir, micros, line) =>
    given.push(`${dir} ${micros ?? '?'} ${line}`),
  );
  for (const [at, line] of text.split('\n').entries()) if (!dump.line(line, at + 1)) others.push(line);
  dump.end();
  return { given, others };
}

const micros = parseIsoTime('2026-11-30T11:03:12.778104Z') ?? 0;

test.each(['000778104', '778104'])('-v, with microseconds as %s', (fraction) => {
  const { given, others } = read(
    `before\n> 2026/11/30 11:03:12.${fraction}  length=21 from=0 to=20\n{"a": "\\\\"x"}\\r`,
  );
  expect(others).toEqual(['before']);
  expect(given).toEqual([`c2s ${micros} {"a": "\\"x"}`]);
});

test('-x, alone and beside the text', () => {
  const header = '< 2026/11/30 11:03:12.778104  length=18 from=0 to=17';
  const bytes = ' 7b 22 72 65 74 75 72 6e 22 3a 20 7b 7d 7d 0d 0a\n 7b 7d';
  expect(read(`${header}\n${bytes}\n--`).given).toEqual([`s2c ${micros} {"return": {}}`, `s2c ${micros} {}`]);
  const beside =
    ' 7b 22 72 65 74 75 72 6e 22 3a 20 7b 7d 7d 0d 0a  {"return": {}}..\n 7b 7d                                            {}\n--';
  expect(read(`${header}\n${beside}`).given).toEqual([`s2c ${micros} {"return": {}}`, `s2c ${micros} {}`]);
});
