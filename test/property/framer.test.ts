import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Framer, tooLong } from '../../src/json/framer.js';
import { classicInput, type FramerProfile, serverOutput } from '../../src/json/framer-profile.js';
import { printJson, printQmp } from '../../src/json/print.js';
import { FrameCollector, framesOf, fromLatin1 } from '../support/frames.js';
import { cutAt, cuts, jsonLikeBytes, jsonValue } from '../support/json-arbitraries.js';
import { referenceFrames } from '../support/reference-framer.js';

/** Limits that random input reaches. */
const tight: FramerProfile = {
  ...classicInput,
  limits: { tokenBytes: 12, tokens: 9, nesting: 4, frameBytes: 1000 },
};

/** The same, and frames that are cut for their length. */
const short: FramerProfile = { ...tight, limits: { ...tight.limits, frameBytes: 7 } };

const profile = fc.constantFrom(classicInput, serverOutput, tight, short);

function bytewise(bytes: Uint8Array): Uint8Array[] {
  return Array.from(bytes, (byte) => Uint8Array.of(byte));
}

describe('Framer', () => {
  test('gives the frames of the plain framer', () => {
    fc.assert(
      fc.property(fc.constantFrom(classicInput, serverOutput, tight), jsonLikeBytes, (rules, text) => {
        const plain = referenceFrames(rules, text);
        // The plain one does not decode what it quotes.
        const ours = framesOf(rules, fromLatin1(text));
        expect(ours.map((frame) => frame.text)).toEqual(plain.map((frame) => frame.text));
        expect(ours.map((frame) => frame.length)).toEqual(plain.map((frame) => frame.length));
        const ascii = (problem: string | undefined) =>
          problem?.replace(/stray '[^]*[\x80-\uffff][^]*'/, 'stray');
        expect(ours.map((frame) => ascii(frame.problem))).toEqual(plain.map((frame) => ascii(frame.problem)));
      }),
      { numRuns: 500 },
    );
  });

  test('gives the same frames however the bytes are split', () => {
    fc.assert(
      fc.property(profile, jsonLikeBytes, cuts, (rules, text, places) => {
        const bytes = fromLatin1(text);
        const whole = framesOf(rules, bytes);
        expect(framesOf(rules, ...cutAt(bytes, places))).toEqual(whole);
        expect(framesOf(rules, ...bytewise(bytes))).toEqual(whole);
      }),
    );
  });

  test('gives back its input', () => {
    fc.assert(
      fc.property(profile, jsonLikeBytes, (rules, text) => {
        const frames = framesOf(rules, fromLatin1(text));
        expect(frames.map((frame) => frame.text).join('')).toBe(text);
        expect(frames.every((frame) => frame.length > 0)).toBe(true);
      }),
    );
  });

  test('goes on from a saved state as if nothing had been', () => {
    fc.assert(
      fc.property(profile, jsonLikeBytes, fc.nat(), (rules, text, place) => {
        const bytes = fromLatin1(text);
        const [head, tail] = cutAt(bytes, [place]);
        const collector = new FrameCollector();
        const before = new Framer(rules);
        before.push(head!, collector);
        const state = before.save();
        // The first goes on for itself, which the state must not notice.
        before.push(fromLatin1('}]"x\n\xff{"y"'), { frame() {}, trailer() {} });
        const after = new Framer(rules, structuredClone(state));
        after.push(tail!, collector);
        after.end(collector);
        expect(collector.frames).toEqual(framesOf(rules, bytes));
      }),
    );
  });

  test('bounds every frame and all that trails it', () => {
    fc.assert(
      fc.property(jsonLikeBytes, (text) => {
        const limit = short.limits.frameBytes;
        for (const { text: bytes, length, problem } of framesOf(short, fromLatin1(text))) {
          expect(length).toBeLessThanOrEqual(limit);
          expect(bytes.length - length).toBeLessThanOrEqual(limit);
          if (length === limit && problem === tooLong) expect(bytes.length).toBeGreaterThanOrEqual(limit);
        }
      }),
    );
  });

  test('cuts printed values apart, in both profiles', () => {
    const printed = fc.tuple(jsonValue, fc.constantFrom(0, 1, 2)).map(([value, how]) => {
      const wrapped = new Map([['return', value]]);
      return how === 0 ? printQmp(wrapped) : printJson(wrapped, { indent: how - 1 });
    });
    fc.assert(
      fc.property(fc.array(printed, { maxLength: 4 }), cuts, (texts, places) => {
        const encoded = texts.map((text) => Buffer.from(`${text}\r\n`).toString('latin1'));
        const bytes = fromLatin1(encoded.join(''));
        for (const rules of [classicInput, serverOutput]) {
          const frames = framesOf(rules, ...cutAt(bytes, places));
          expect(frames.map((frame) => frame.text)).toEqual(encoded);
          expect(frames.every((frame) => frame.problem === undefined)).toBe(true);
        }
      }),
    );
  });
});
