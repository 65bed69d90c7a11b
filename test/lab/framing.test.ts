/**
 * Our framer against the real QEMU: the same bytes to both, reply by reply. What the framer and the
 * parser say of each message (parse error and its words, or none) must be what QEMU answers, by the rules
 * of its version.
 */
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { printJson } from '../../src/json/print.js';
import { eagerCases } from '../fixtures/eager-cases.js';
import { edgeCases } from '../fixtures/edge-cases.js';
import { testFolder } from '../support/folder.js';
import { Comparison } from '../support/framing-comparison.js';
import { jsonLikeBytes, jsonLikeTokens, jsonValue, mutated } from '../support/json-arbitraries.js';
import { labTest } from '../support/programs.js';
import { startGuestAgent, startQemu } from '../support/qemu.js';

const qemuTest = labTest('qemu-system-x86_64');
const agentTest = labTest('qemu-ga');

const withId = (id: string): string => `{"execute":"query-name","id":${id}}`;

const escape = fc.constantFrom('\\', '\\u', '\\uD83D', '\\uDE00', '\\u00', '\\uFF', 'FE', 'D8', '"', "'");
const lead = fc.constantFrom('\xc0\x80', '\xc3', '\xe2', '\xed\xa0', '\xef\xbf', '\xf0\x9f', '\xf4\x8f\xbf');
const tail = fc.constantFrom('\x80', '\xbf', '\xbe', '\xa9', '\xf8', '\xfd');
const letter = fc.constantFrom(...Array.from('bfnrtu/aA0\x7f%'));
const strings = fc
  .array(fc.oneof(escape, lead, tail, letter), { maxLength: 8 })
  .map((texts) => `"${texts.join('')}"`);
const values = jsonValue.map((value) => Buffer.from(printJson(value)).toString('latin1'));

/** Kinds of random input, each with how many of it are asked. */
const inputs: readonly (readonly [string, fc.Arbitrary<string>, number])[] = [
  ['bytes', jsonLikeBytes, 500],
  ['tokens', jsonLikeTokens, 500],
  ['strings', strings.map(withId), 300],
  ['values', values.map(withId), 300],
  ['good commands with a few bytes changed', mutated(values.map(withId)), 600],
];

async function compare(comparison: Comparison, bytes: fc.Arbitrary<string>, numRuns: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(bytes, async (input) => {
      const { observed, predicted } = await comparison.ask(input);
      expect(observed).toEqual(predicted);
    }),
    { numRuns },
  );
}

describe('framing as QEMU does it', () => {
  qemuTest('every edge case, each in a session of its own', async () => {
    const { socket } = await startQemu(testFolder());
    for (const { name, bytes, replies: expected } of edgeCases) {
      const comparison = await Comparison.qemu(socket);
      const { replies, observed, predicted } = await comparison.ask(bytes);
      expect.soft(observed, name).toEqual(predicted);
      if (comparison.rules === 'classic')
        expect.soft(replies.slice(0, expected.length), name).toEqual(expected);
      await comparison.end();
    }
  });

  qemuTest('what differs since QEMU 11.1, and when it is answered', async () => {
    const { socket } = await startQemu(testFolder());
    for (const { name, bytes, commandBehind, ...of } of eagerCases) {
      const comparison = await Comparison.qemu(socket);
      const expected = of[comparison.rules];
      const behind = '\n{"execute":"query-name","id":"behind"}';
      const { replies, observed, predicted } = await comparison.ask(bytes, {
        early: expected.length,
        behind,
      });
      expect.soft(observed, name).toEqual(predicted);
      expect.soft(replies.slice(0, expected.length), name).toEqual(expected);
      const next = observed[expected.length];
      expect.soft(next === 'accepted with id "behind"', name).toBe(commandBehind === 'runs');
      await comparison.end();
    }
  });

  for (const [kind, bytes, runs] of inputs)
    qemuTest(`${runs} random inputs: ${kind}`, async () => {
      const { socket } = await startQemu(testFolder());
      await compare(await Comparison.qemu(socket), bytes, runs);
    });
});

describe('framing as the guest agent does it', () => {
  agentTest('every edge case', async () => {
    const { socket } = await startGuestAgent(testFolder());
    const comparison = await Comparison.agent(socket);
    for (const { name, bytes } of [...edgeCases, ...eagerCases]) {
      const { observed, predicted } = await comparison.ask(bytes);
      expect.soft(observed, name).toEqual(predicted);
    }
  });

  agentTest('random inputs', async () => {
    const { socket } = await startGuestAgent(testFolder());
    const comparison = await Comparison.agent(socket);
    for (const [, bytes] of inputs) await compare(comparison, bytes, 100);
  });

  agentTest(
    "QEMU's limits",
    async () => {
      const { socket } = await startGuestAgent(testFolder());
      const comparison = await Comparison.agent(socket);
      const MiB = 2 ** 20;
      const ones = '1,'.repeat(MiB - 1);
      const cases = {
        'one token more than 2 Mi': `[${ones}11]`,
        '2 Mi tokens': `[${ones}]`,
        'a token just below 64 MiB': `"${'x'.repeat(64 * MiB - 3)}"`,
        'a token of 64 MiB': `"${'x'.repeat(64 * MiB - 2)}"`,
        'a token of more, cut, and one at once behind it': `"${'x'.repeat(64 * MiB)}} }`,
        'a token of more, cut before its end': `"${'x'.repeat(64 * MiB)}"`,
        'tokens of 64 MiB together': `["${'x'.repeat(40 * MiB)}","${'x'.repeat(24 * MiB - 7)}"]`,
        'tokens of more, and what follows them': `["${'x'.repeat(33 * MiB)}","${'x'.repeat(33 * MiB)}",1,2,[3]]`,
      };
      for (const [name, bytes] of Object.entries(cases)) {
        const { observed, predicted } = await comparison.ask(bytes);
        expect.soft(observed, name).toEqual(predicted);
      }
    },
    120_000,
  );
});
