import { describe, expect, test } from 'vitest';
import { Framer } from '../../../src/json/framing/framer.js';
import { classicInput, eagerInput, type FramerProfile } from '../../../src/json/framing/profile.js';
import { frameProblem } from '../../../src/json/parse.js';
import { eagerCases } from '../../fixtures/eager-cases.js';
import type { Reply } from '../../fixtures/edge-cases.js';
import { fromLatin1 } from '../../support/frames.js';

/** The refusals that a framer finds in a case, each with its place; `undefined` is a sound message. */
function refusals(
  profile: FramerProfile,
  bytes: string,
): { said: (string | undefined)[]; swallows: boolean } {
  const said: (string | undefined)[] = [];
  const sink = {
    frame: (frame: Uint8Array, problem: string | undefined) => {
      said.push(problem ?? frameProblem(frame));
    },
    trailer: () => undefined,
  };
  const framer = new Framer(profile);
  // The negotiation is the first line.
  framer.push(fromLatin1('{"execute":"qmp_capabilities"}\n'), sink);
  said.length = 0;
  framer.push(fromLatin1(bytes), sink);
  const before = [...said];
  framer.push(fromLatin1('\n{"execute":"query-name","id":"S"}\n'), sink);
  return { said: before, swallows: said.at(-1) !== undefined || said.length === before.length };
}

const refusal = (reply: Reply): string | undefined =>
  reply.startsWith('parse-error:') ? reply.slice('parse-error:'.length) : undefined;

describe.each([
  ['eager', eagerInput],
  ['classic', classicInput],
] as const)('what QEMU answers by the %s rules', (rules, profile) => {
  test.each(eagerCases)('$name', (one) => {
    const { said, swallows } = refusals(profile, one.bytes);
    expect(said).toEqual(one[rules].map(refusal));
    expect(swallows).toBe(one.commandBehind === 'is swallowed');
  });
});
