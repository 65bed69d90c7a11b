import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Framer, tooLong } from '../../src/json/framing/framer.js';
import {
  classicInput,
  eagerInput,
  type FramerProfile,
  serverOutput,
} from '../../src/json/framing/profile.js';
import { printJson, printQmp } from '../../src/json/print.js';
import { type MemberExtent, scanMembers } from '../../src/json/scan.js';
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

/** The same by the eager rules. */
const tightEager: FramerProfile = { ...tight, eager: true };
const shortEager: FramerProfile = { ...short, eager: true };

const profile = fc.constantFrom(classicInput, eagerInput, serverOutput, tight, tightEager, short, shortEager);

function bytewise(bytes: Uint8Array): Uint8Array[] {
  return Array.from(bytes, (byte) => Uint8Array.of(byte));
}

/** Messages, some of which have a byte that does not belong there. */
const messages = fc
  .tuple(jsonValue, jsonValue, fc.nat(), fc.option(fc.nat(255)))
  .map(([returned, id, place, byte]) => {
    const text = printQmp(new Map([['return', returned], ['id', id]])); // prettier-ignore
    const bytes = Buffer.from(`${text}\r\n`);
    if (byte !== null) bytes[place % bytes.length] = byte;
    return bytes.toString('latin1');
  });

/** Collects what a framer says of the members of frames without a problem, and what they have. */
class MemberCollector extends FrameCollector {
  readonly said: (readonly MemberExtent[] | undefined)[] = [];
  readonly found: (readonly MemberExtent[] | undefined)[] = [];

  override frame(bytes: Uint8Array, problem: string | undefined, members?: readonly MemberExtent[]): void {
    super.frame(bytes, problem);
    if (problem !== undefined) return;
    this.said.push(members);
    this.found.push(scanMembers(bytes));
  }

  override trailer(): void {
    // May belong to a frame that another collector was given.
  }
}

describe('Framer', () => {
  test('gives the frames of the plain framer', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(classicInput, eagerInput, serverOutput, tight, tightEager),
        jsonLikeBytes,
        (rules, text) => {
          const plain = referenceFrames(rules, text);
          // The plain one does not decode what it quotes.
          const ours = framesOf(rules, fromLatin1(text));
          expect(ours.map((frame) => frame.text)).toEqual(plain.map((frame) => frame.text));
          expect(ours.map((frame) => frame.length)).toEqual(plain.map((frame) => frame.length));
          const ascii = (problem: string | undefined) =>
            problem?.replace(/stray '[^]*[\x80-\uffff][^]*'/, 'stray');
          expect(ours.map((frame) => ascii(frame.problem))).toEqual(
            plain.map((frame) => ascii(frame.problem)),
          );
        },
      ),
      { numRuns: 1000 },
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

  test('knows the members of a frame as whoever looks for them', () => {
    const text = fc.oneof(
      jsonLikeBytes,
      fc.array(messages, { maxLength: 4 }).map((all) => all.join('')),
    );
    fc.assert(
      fc.property(profile, text, cuts, (rules, given, places) => {
        const collector = new MemberCollector();
        const framer = new Framer(rules);
        for (const chunk of cutAt(fromLatin1(given), places)) framer.push(chunk, collector);
        expect(collector.said).toEqual(collector.found);
      }),
      { numRuns: 1000 },
    );
  });

  test('knows nothing of the members of the frame in which it was saved, and all of those after it', () => {
    fc.assert(
      fc.property(fc.array(messages, { minLength: 1, maxLength: 4 }), fc.nat(), (all, place) => {
        const [head, tail] = cutAt(fromLatin1(all.join('')), [place]);
        const before = new Framer(serverOutput);
        before.push(head!, new FrameCollector());
        const collector = new MemberCollector();
        new Framer(serverOutput, before.save()).push(tail!, collector);
        expect(collector.said.slice(1)).toEqual(collector.found.slice(1));
        expect([undefined, collector.found[0]]).toContainEqual(collector.said[0]);
      }),
    );
  });

  test('leaves an object of very many members to whoever asks', () => {
    const collector = new MemberCollector();
    const members = (count: number) => `{${Array.from({ length: count }, (_, n) => `"${n}": ${n}`).join()}}`;
    new Framer(serverOutput).push(fromLatin1(`${members(64)}\n${members(65)}\n{"a": 1}\n`), collector);
    expect(collector.said.map((one) => one?.length)).toEqual([64, undefined, 1]);
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

  test('cuts printed values apart, in every profile', () => {
    const printed = fc.tuple(jsonValue, fc.constantFrom(0, 1, 2)).map(([value, how]) => {
      const wrapped = new Map([['return', value]]);
      return how === 0 ? printQmp(wrapped) : printJson(wrapped, { indent: how - 1 });
    });
    fc.assert(
      fc.property(fc.array(printed, { maxLength: 4 }), cuts, (texts, places) => {
        const encoded = texts.map((text) => Buffer.from(`${text}\r\n`).toString('latin1'));
        const bytes = fromLatin1(encoded.join(''));
        for (const rules of [classicInput, eagerInput, serverOutput]) {
          const frames = framesOf(rules, ...cutAt(bytes, places));
          expect(frames.map((frame) => frame.text)).toEqual(encoded);
          expect(frames.every((frame) => frame.problem === undefined)).toBe(true);
        }
      }),
    );
  });
});
