import { expect, test } from 'vitest';
import { zoneOf } from '../../../src/formats/reading/zone.js';

const event = '{"timestamp": {"seconds": 1777629600, "microseconds": 5}, "event": "STOP"}';
const now = 1_777_700_000_000_000;
const hour = 3600e6;

test.each([
  [`2026-05-01 18:00:01: ${event}`, 8 * hour],
  [`2026-05-01 10:00:00: ${event}`, 0],
  [`May 01 05:30:02 host libvirtd[1]: QEMU_MONITOR_RECV_EVENT: mon=0x1 event=${event}`, -4.5 * hour],
  [`< 2026/05/01 12:00:01.000777600  length=1 from=0 to=1\n${event}`, 2 * hour],
  [`2026-05-01T18:00:01+0800 ${event}`, undefined],
  [`2026-05-01T18:00:01Z ${event}`, undefined],
  [`2026-05-01 18:05:01: ${event}`, undefined],
  [event, undefined],
])('%s', (text, zone) => {
  expect(zoneOf(text.split('\n'), now)).toEqual(zone);
});
