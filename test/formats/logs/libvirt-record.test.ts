import { expect, test } from 'vitest';
import { beginRecord, isInteresting } from '../../../src/formats/logs/libvirt-record.js';
import type { LogLine } from '../../../src/formats/reading/line.js';

function line(text: string, micros?: number): LogLine {
  return { text, number: 1, micros, source: '', thread: '', place: '', level: '' };
}

const text = 'QEMU_MONITOR_RECV_REPLY: mon=0x7f reply={}';
const begin = (of: LogLine) => beginRecord(of, () => 7);

test('a record with its head, without, and after something unknown', () => {
  expect(begin(line(`40: error : qemuMonitorIO:1 : ${text}`))).toMatchObject({
    text,
    thread: '40',
    level: 'error',
    place: 'qemuMonitorIO',
  });
  expect(begin(line(text))).toMatchObject({ text, thread: '', micros: undefined });
  expect(begin(line(`what is this? 40: info : f:1 : ${text}`))).toMatchObject({
    text,
    thread: '40',
    place: 'f',
    micros: 7,
  });
  expect(begin(line('anything at a time of its own', 5))).toMatchObject({ micros: 5 });
});

test('what goes on with a record, though it has a time', () => {
  expect(begin(line(' len=52 ret=52 errno=0', 5))).toBeUndefined();
  expect(begin(line(' fd=-1'))).toBeUndefined();
  expect(begin(line('prose'))).toBeUndefined();
});

test('few records are needed', () => {
  expect(isInteresting({ text, place: '', level: '' })).toBe(true);
  expect(isInteresting({ text: 'x', place: '', level: 'warning' })).toBe(true);
  expect(isInteresting({ text: 'virObjectRef', place: 'virObject', level: 'debug' })).toBe(false);
});
