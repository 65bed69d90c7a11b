/** The framer, against itself and against the plain one of the tests. */
import assert from 'node:assert/strict';
import { Framer } from '../../../src/json/framing/framer.js';
import {
  classicInput,
  eagerInput,
  type FramerProfile,
  serverOutput,
} from '../../../src/json/framing/profile.js';
import { type CollectedFrame, FrameCollector, framesOf, latin1 } from '../../support/frames.js';
import { referenceFrames } from '../../support/reference-framer.js';
import type { Target } from '../target.js';

const narrow: FramerProfile = {
  name: 'narrow',
  limits: { tokenBytes: 40, tokens: 12, nesting: 4, frameBytes: Infinity },
  nonFinite: true,
  eager: false,
};
const narrowEager: FramerProfile = { ...narrow, nonFinite: false, eager: true };
/** Also with a bound on the length of a frame, which the plain framer does not have. */
const bounded: FramerProfile = { ...narrow, limits: { ...narrow.limits, frameBytes: 64 } };

export const target: Target = {
  holds:
    'frames are the same however the input is split, are the input when joined, and what a plain framer gives',
  maxLength: 600,
  words: [
    '{"a":1}',
    '{"return": {}}\r\n',
    '"\\u00',
    '\xff',
    '\0',
    '[[[[[',
    "{'a'",
    'nan',
    '-inf',
    '-',
    '1e',
    '.',
  ],
  run(input) {
    const bytewise = Array.from(input, (byte) => Uint8Array.of(byte));
    const half = (input[0] ?? 0) % (input.length + 1);
    for (const profile of [classicInput, eagerInput, serverOutput, narrow, narrowEager, bounded]) {
      const whole = framesOf(profile, input);
      assert.equal(whole.map(({ text }) => text).join(''), latin1(input));
      assert.deepEqual(framesOf(profile, ...bytewise), whole);
      assert.deepEqual(resumed(profile, input, half), whole);
      if (profile !== bounded)
        assert.deepEqual(whole.map(asAscii), referenceFrames(profile, latin1(input)).map(asAscii));
    }
  },
};

/** The plain framer does not decode what it quotes. */
function asAscii({ problem, ...frame }: CollectedFrame): CollectedFrame {
  return { ...frame, problem: problem?.replace(/stray '[^]*[\x80-\uffff][^]*'/, 'stray') };
}

/** By a framer that is saved in the middle and goes on as another. */
function resumed(profile: FramerProfile, input: Uint8Array, at: number): FrameCollector['frames'] {
  const collector = new FrameCollector();
  const first = new Framer(profile);
  first.push(input.slice(0, at), collector);
  const second = new Framer(profile, first.save());
  second.push(input.slice(at), collector);
  second.end(collector);
  return collector.frames;
}
