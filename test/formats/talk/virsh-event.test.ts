import { expect, test } from 'vitest';
import { eventPrinted } from '../../../src/formats/talk/virsh-event.js';

test('an event with its time and its data', () => {
  const printed = eventPrinted(`event SHUTDOWN at 1796037784.031507 for domain 'web7': {"guest":false}`);
  expect(printed).toMatchObject({ domain: 'web7', micros: 1_796_037_784_031_507, data: '{"guest":false}' });
  expect(printed?.message(printed.data)).toBe(
    '{"timestamp": {"seconds": 1796037784, "microseconds": 31507}, "event": "SHUTDOWN", "data": {"guest":false}}',
  );
});

test('one without either', () => {
  const printed = eventPrinted("event STOP for domain 'web7': <null>");
  expect(printed).toMatchObject({ micros: undefined, data: undefined });
  expect(printed?.message(undefined)).toBe('{"event": "STOP"}');
});

test('another line', () => {
  expect(eventPrinted('events received: 4')).toBeUndefined();
});
