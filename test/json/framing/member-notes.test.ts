import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MemberNotes } from '../../../src/json/framing/member-notes.js';
import { Lexer, token } from '../../../src/json/lexer.js';
import { printQmp } from '../../../src/json/print.js';
import { type MemberExtent, scanMembers } from '../../../src/json/scan.js';
import { fromLatin1 } from '../../support/frames.js';
import { jsonLikeBytes, jsonValue } from '../../support/json-arbitraries.js';

/** The members that are noted while the tokens of a text come one after the other. */
function noted(text: Uint8Array, notes = new MemberNotes()): readonly MemberExtent[] | undefined {
  const lexer = new Lexer(text.length, true);
  notes.begin();
  for (let at = 0; ;) {
    const found = lexer.next(text, at, text.length);
    at = lexer.at;
    if (found === token.none) return notes.of(text);
    notes.note(found, at - lexer.length, at);
  }
}

/** An object of so many members. */
const objectOf = (members: number): Uint8Array =>
  fromLatin1(JSON.stringify(Object.fromEntries(Array.from({ length: members }, (_, n) => [`m${n}`, n]))));

describe('the members that are noted', () => {
  test('are those of the message', () => {
    const text = '{"return": {"a": [1, {"b": "]}"}]}, "id" : "libvirt-1"}\r\n';
    expect(noted(fromLatin1(text))?.map(({ key, start, end }) => [key, text.slice(start, end)])).toEqual([
      ['return', '{"a": [1, {"b": "]}"}]}'],
      ['id', '"libvirt-1"'],
    ]);
  });

  test('are those that a second scan finds, of any object', () => {
    const object = fc.dictionary(fc.string({ maxLength: 6 }), jsonValue, { maxKeys: 6 });
    fc.assert(
      fc.property(object, (members) => {
        const bytes = new TextEncoder().encode(printQmp(new Map(Object.entries(members))));
        expect(noted(bytes)).toEqual(scanMembers(bytes));
      }),
    );
  });

  test.each([
    '',
    '[]',
    '{',
    '{"a"',
    '{"a":',
    '{"a":1',
    '{"a":[1',
    '{"a":]',
    '{"a":]}',
    '{"a":1,}',
    '{a:1}',
    '{"a" 1}',
    '{"a":@}',
    '{,}',
  ])('are none of %s, and those of a frame that follows it', (text) => {
    const notes = new MemberNotes();
    expect(noted(fromLatin1(text), notes)).toBeUndefined();
    expect(noted(fromLatin1('{"id": [1]}'), notes)).toEqual([{ key: 'id', start: 7, end: 10 }]);
  });

  test('are none of what has none by a second scan either, whatever came before', () => {
    const notes = new MemberNotes();
    fc.assert(
      fc.property(jsonLikeBytes, (text) => {
        const bytes = fromLatin1(text);
        const found = noted(bytes, notes);
        if (found !== undefined) expect(found).toEqual(scanMembers(bytes));
      }),
      { numRuns: 500 },
    );
  });

  test.each(['{}', '{"a": 1}'])('%s has some, after a frame of which nothing was noted', (text) => {
    const notes = new MemberNotes();
    notes.begin();
    notes.note(token.openBrace, 0, 1);
    notes.giveUp();
    notes.note(token.closeBrace, 1, 2);
    expect(notes.of(fromLatin1('{}'))).toBeUndefined();
    expect(noted(fromLatin1(text), notes)).toEqual(scanMembers(fromLatin1(text)));
  });

  test('are 64 at most: the caller scans an object of more', () => {
    expect(noted(objectOf(64))).toHaveLength(64);
    expect(noted(objectOf(65))).toBeUndefined();
  });
});
