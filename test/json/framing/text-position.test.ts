import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TextPosition } from '../../../src/json/framing/text-position.js';
import { fromLatin1 } from '../../support/frames.js';
import { cutAt, cuts } from '../../support/json-arbitraries.js';

describe('a position in text', () => {
  test('is a line from 1 and a column from 1, in bytes', () => {
    const place = new TextPosition();
    place.begin(fromLatin1('ab\n\nc'));
    expect([0, 1, 2, 3, 4].map((at) => place.of(at))).toEqual(['1:1', '1:2', '1:3', '2:1', '3:1']);
  });

  test('is one column further on a byte that showed the end of what is before it', () => {
    const place = new TextPosition();
    place.begin(fromLatin1('[1}'));
    place.seenTwice(2);
    expect(place.of(2)).toBe('1:4');
  });

  test('of a token that began chunks ago is where it began', () => {
    const place = new TextPosition();
    place.begin(fromLatin1('1"'));
    place.seenTwice(1);
    for (const chunk of ['a', 'b', 'c\n']) {
      place.end();
      place.begin(fromLatin1(chunk));
    }
    expect(place.of(-3)).toBe('1:3');
    place.end();
    place.begin(fromLatin1('x'));
    expect(place.of(0)).toBe('2:1');
  });

  test('of a token behind one that was cut is where that one began', () => {
    let place = new TextPosition();
    place.begin(fromLatin1('\n "xx'));
    place.cut(2, 5);
    place.end();
    place = new TextPosition(structuredClone(place.save()));
    place.begin(fromLatin1('xxx,}'));
    place.cut(0, 3);
    expect([3, 4].map((at) => place.of(at))).toEqual(['2:2', '2:9']);
  });

  test('is the same however the stream is cut, and after a pause in another process', () => {
    const text = fc
      .array(fc.constantFrom('a', '\n', '\r\n', 'bc'), { maxLength: 30 })
      .map((all) => all.join(''));
    fc.assert(
      fc.property(text, cuts, fc.nat(), (bytes, places, at) => {
        const [target, whole] = [at % (bytes.length + 1), new TextPosition()];
        whole.begin(fromLatin1(bytes));
        const expected = whole.of(target);
        let place = new TextPosition();
        let before = 0;
        for (const chunk of cutAt(fromLatin1(bytes), places)) {
          place.begin(chunk);
          if (target >= before && target < before + chunk.length)
            expect(place.of(target - before)).toBe(expected);
          place.end();
          place = new TextPosition(structuredClone(place.save()));
          before += chunk.length;
        }
      }),
    );
  });
});
