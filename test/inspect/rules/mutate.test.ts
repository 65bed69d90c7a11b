import { expect, test } from 'vitest';
import { mutateRules } from '../../../src/inspect/rules/mutate.js';
import { exchange } from '../../support/conversation.js';
import { event } from '../stories/told.js';
import { ruleOf, talk } from './judged.js';

const removed = [exchange('device_del', { id: 'a' }), event('DEVICE_DELETED', { device: 'a' })];

function mutated(text: string, ...lines: Parameters<typeof talk>): string {
  const [mutation] = mutateRules(talk(...lines), [ruleOf(text)]);
  const { kind, of, verdict, concerned } = mutation!;
  return `${kind ?? 'none'} ${of === undefined ? '-' : `#${of.seq} ${of.name ?? ''}`.trim()} ${verdict} ${concerned}`;
}

test.each([
  // What came in time is made to come late; what follows it stays behind it.
  ['each cmd:device_del($id) then event:DEVICE_DELETED(device=$id) within 1s', 'delay #2 device_del false 3'],
  // Without a time nothing is ever late; without its end it is open.
  ['each cmd:device_del($id) then event:DEVICE_DELETED(device=$id)', 'drop #3 DEVICE_DELETED open 3'],
  ['sometimes event:DEVICE_DELETED', 'drop #3 DEVICE_DELETED false 1'],
  ['at most 1 in flight', 'duplicate #1 device_del false 2'],
  ['at most 0 in flight', 'recorded #1 false 2'],
  ['always event:X or cmd:device_del until event:DEVICE_DELETED', 'recorded #2 false 3'],
  ['always cmd:device_del or dir:s2c until event:DEVICE_DELETED', 'drop #3 DEVICE_DELETED open 3'],
  ['never event:STOP', 'none - true 0'],
  ['never event:DEVICE_DELETED', 'recorded #3 false 1'],
  ['each event:DEVICE_DELETED then cmd:x unless event:DEVICE_DELETED', 'none - open 1'],
])('%s: %s', (text, expected) => {
  expect(mutated(text, ...removed)).toBe(expected);
});

test('several of a kind are dropped together', () => {
  const twice = [...removed, ...removed];
  expect(mutated('sometimes event:DEVICE_DELETED', ...twice)).toBe('drop all #3 DEVICE_DELETED false 2');
  const three = [1, 2, 3].map(() => exchange('x'));
  expect(mutated('at most 2 in flight', ...three)).toBe('drop responses #2 x false 6');
});

test('what a label or a file says is asked of the messages that are looked at, too', () => {
  expect(mutated('sometimes file:memory', event('A'))).toBe('drop #1 A false 1');
});
