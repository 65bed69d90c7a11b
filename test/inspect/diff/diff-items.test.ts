import { describe, expect, test } from 'vitest';
import { readItems, valueOf, type Items } from '../../../src/inspect/diff/diff-items.js';
import { Interner } from '../../../src/inspect/diff/fingerprint.js';
import { printJson } from '../../../src/json/print.js';
import { Unstable } from '../../../src/recording/unstable.js';
import { exchange, type Line, played } from '../../support/conversation.js';
import { message } from '../../support/message.js';

const interner = new Interner();

function items(lines: readonly Line[], ...ignore: string[]): Items {
  return readItems(played(lines).messages(), new Unstable(ignore), interner);
}

/** The first thing that the client said. */
const first = (said: object | string, answer: object | string = { return: {} }): Items['asked'][number] =>
  items([
    ['->', said],
    ['<-', answer],
  ]).asked[0]!;

describe('readItems', () => {
  test('a command and its response are one item; events and stray responses are apart', () => {
    const { asked, told } = items([
      ['<-', { QMP: {} }],
      ['->', { execute: 'stop', id: 1 }],
      ['<-', { event: 'STOP' }],
      ['<-', { return: {}, id: 1 }],
      ['->', { execute: 'cont', id: 2 }],
      ['<-', { error: { class: 'GenericError', desc: 'late' }, id: 9 }],
    ]);
    expect(asked.map(({ type, name, seq, response }) => [type, name, seq, response])).toEqual([
      ['greeting', 'greeting', 1, undefined],
      ['exchange', 'stop', 2, 4],
      ['exchange', 'cont', 5, undefined],
    ]);
    expect(told.map(({ type, name, seq }) => [type, name, seq])).toEqual([
      ['event', 'STOP', 3],
      ['other', 'error', 6],
    ]);
  });

  test('equal keys mean that the same was said: ids and the order of members do not count', () => {
    const one = first({ execute: 'a', arguments: { x: 1, y: 2 }, id: 1 });
    expect(first({ id: 'b', arguments: { y: 2, x: 1 }, execute: 'a' }).key).toBe(one.key);
    const other = first({ execute: 'a', arguments: { x: 1, y: 3 } });
    expect(other.key).not.toBe(one.key);
    expect(other.sort).toBe(one.sort);
    expect(first({ execute: 'b', arguments: { x: 1, y: 2 } }).sort).not.toBe(one.sort);
  });

  test('equal answers mean that the same was answered, without ids and ignored paths', () => {
    const one = first({ execute: 'a', id: 1 }, { return: { x: 1 }, id: 1 });
    expect(first({ execute: 'a', id: 2 }, { return: { x: 1 }, id: 2 }).answer).toBe(one.answer);
    expect(first({ execute: 'a' }, { return: { x: 2 } }).answer).not.toBe(one.answer);
    expect(first({ execute: 'a' }, { error: { x: 1 } }).answer).not.toBe(one.answer);
    const ignoring = (x: number): unknown =>
      items(exchange('a', undefined, { x }), 'return.x').asked[0]?.answer;
    expect(ignoring(1)).toBe(ignoring(2));
  });

  test('the paths to ignore are those of the command, of its response, or of the event', () => {
    const unstable = new Unstable(
      [],
      [
        { in: 'command', of: 'a', path: 'arguments.x', because: 'test' },
        { in: 'response', of: 'a', path: 'return.y', because: 'test' },
        { in: 'event', of: 'E', path: 'data.z', because: 'test' },
      ],
    );
    const said = (n: number): Items =>
      readItems(
        played([...exchange('a', { x: n }, { y: n }), ['<-', { event: 'E', data: { z: n } }]]).messages(),
        unstable,
        interner,
      );
    expect(said(1)).toEqual(said(2));
  });

  test('what is no JSON is compared byte for byte', () => {
    const last = (said: string): Items['asked'][number] => items([['->', said]]).asked.at(-1)!;
    expect(last('}x')).toMatchObject({ type: 'other', key: last('}x').key });
    expect(last('}x').key).not.toBe(last('}y').key);
  });
});

test('a value is without its id', () => {
  const value = valueOf(message('success', '{"id": 1, "return": {"id": 2}}'));
  expect(printJson(value!)).toBe('{"return":{"id":2}}');
  expect(valueOf(message('malformed', '{'))).toBeUndefined();
});
