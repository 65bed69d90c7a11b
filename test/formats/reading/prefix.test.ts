import { describe, expect, test } from 'vitest';
import { Clock } from '../../../src/formats/reading/clock.js';
import { unwrap } from '../../../src/formats/reading/prefix.js';

const clock = new Clock(1_777_629_700_000_000);
const micros = 1_777_629_600_250_000;
const record = 'QEMU_MONITOR_RECV_EVENT: mon=0x7f event={"event": "STOP"}';

describe('what stands before a record', () => {
  test.each([
    ['     7\t', undefined, ''],
    ['> > ', undefined, ''],
    ['| ', undefined, ''],
    ['<pre>', undefined, ''],
    ['\x1b[32m', undefined, ''],
    ['\xef\xbb\xbf', undefined, ''],
    ['12:', undefined, ''],
    ['logs/libvirtd.log:12:', undefined, 'logs/libvirtd.log'],
    ['libvirtd.log.2-', undefined, 'libvirtd.log'],
    ['May 01 10:00:00.250000 host1 virtqemud[812]: ', micros, 'host1'],
    ['2026-05-01T10:00:00.250000+00:00 host1 virtqemud[812]: ', micros, 'host1'],
    ['Fri 2026-05-01 10:00:00.250 UTC host1 virtqemud[812]: ', micros, 'host1'],
    ['1777629600.250000 host1 virtqemud[812]: ', micros, 'host1'],
    ['<30>May  1 10:00:00.25 host1 virtqemud: ', micros, 'host1'],
    ['<30>1 2026-05-01T10:00:00.25Z host1 virtqemud 812 - [a@1 b="c]"] ', micros, 'host1'],
    ['2026-05-01T10:00:00.250000000Z stdout F ', micros, ''],
    ['2026-05-01T10:00:00.250000000Z ', micros, ''],
    ['[pod/virt-launcher-a/compute] 2026-05-01T10:00:00.25Z ', micros, 'virt-launcher-a/compute'],
    ['virt-launcher-a-b compute ', undefined, 'virt-launcher-a-b/compute'],
    ['node_1  | ', undefined, 'node_1'],
    ['[2026-05-01T10:00:00.25Z] ', micros, ''],
    ['12@1777629600.250000:', micros, ''],
  ])('%j', (prefix, time, source) => {
    expect(unwrap(prefix + record, clock)).toMatchObject({ text: record, micros: time });
    expect(unwrap(prefix + record, clock).source ?? '').toBe(source);
  });

  test('of several the inner time counts, and all writers', () => {
    const line = `[pod/a-b/c] 2026-05-01T11:00:00Z ${JSON.stringify({ msg: record, timestamp: '2026-05-01T10:00:00.25Z' })}`;
    expect(unwrap(line, clock)).toMatchObject({ text: record, micros, source: 'a-b/c' });
  });

  test('a page, as its source has it', () => {
    expect(unwrap(record.replaceAll('"', '&quot;'), clock).text).toBe(record);
  });

  test("logfmt, as Kata's", () => {
    const line = `time="2026-05-01T10:00:00.25Z" level=warning msg="{\\"event\\": \\"STOP\\"}" sandbox=s`;
    expect(unwrap(line, clock)).toMatchObject({
      text: '{"event": "STOP"}',
      micros,
      source: 's',
      level: 'warning',
    });
  });

  test.each([
    '-> {"execute":"stop"}',
    ' len=52 ret=52',
    '    "props": {',
    '> 2026/11/30 11:03:12.000778104  length=46',
  ])('%j has none', (line) => {
    expect(unwrap(line, clock).text).toBe(line);
  });
});
