import { expect, test } from 'vitest';
import { ownLine } from '../../../src/formats/logs/libvirt-own-line.js';

const time = '2026-11-20 09:11:32.952+0000: ';

test("a line of libvirt's", () => {
  expect(ownLine(`${time}7288: info : qemuMonitorSend:861 : text : more\r`)).toEqual({
    thread: '7288',
    level: 'info',
    place: 'qemuMonitorSend',
    text: 'text : more',
  });
  expect(ownLine(`${time}1: info : libvirt version: 11.3.0`)).toMatchObject({
    place: '',
    text: 'libvirt version: 11.3.0',
  });
});

test.each([
  '',
  time,
  `${time}x: info : text`,
  `${time}7288 info : text`,
  '2026-11-20 09:11:32: 7288: info : text of a line that is long enough',
  '2026-11-20T09:11:32.952+0000: 7288: info : text',
])('%j is none', (line) => {
  expect(ownLine(line)).toBeUndefined();
});
