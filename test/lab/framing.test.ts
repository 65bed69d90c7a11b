/**
 * Our framer against the real QEMU: the same bytes to both, reply by reply. What the framer and the
 * parser say of each message (parse error and its words, or none) must be what QEMU answers.
 */
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { canonicalJson } from '../../src/json/canonical.js';
import { Framer } from '../../src/json/framing/framer.js';
import { classicInput, serverOutput } from '../../src/json/framing/profile.js';
import { frameProblem, parseJson } from '../../src/json/parse.js';
import { parsePath, valueAt } from '../../src/json/path.js';
import { printJson } from '../../src/json/print.js';
import { isObject, type JsonObject } from '../../src/json/value.js';
import { edgeCases } from '../fixtures/edge-cases.js';
import { testFolder } from '../support/folder.js';
import { framesOf, fromLatin1 } from '../support/frames.js';
import { jsonLikeBytes, jsonValue } from '../support/json-arbitraries.js';
import { labTest } from '../support/programs.js';
import { startGuestAgent, startQemu } from '../support/qemu.js';
import { negotiated, QmpClient } from '../support/qmp-client.js';

const qemuTest = labTest('qemu-system-x86_64');
const agentTest = labTest('qemu-ga');

/** Resets the parser whatever came before, then asks for an answer that shows that all is answered. */
const SENTINEL = '\n\xff\n{"execute":"query-name","id":"end of case"}\n';

/** All that the server answers to these bytes; the last is the answer to the sentinel. */
async function ask(client: QmpClient, bytes: string): Promise<JsonObject[]> {
  client.received.length = 0;
  client.send(bytes + SENTINEL);
  await client.receives(/"end of case"[^\n]*\n/);
  const replies: JsonObject[] = [];
  new Framer(serverOutput).push(Buffer.concat(client.received), {
    frame(frame) {
      const value = parseJson(frame, { nonFinite: true });
      if (isObject(value)) replies.push(value);
    },
    trailer() {
      // Line ends.
    },
  });
  return replies;
}

/** What a reply says, in the words of the table. */
function told(reply: JsonObject): string {
  const desc = valueAt(reply, parsePath('error.desc'));
  if (typeof desc !== 'string') return 'ok';
  const ofParser = !reply.has('id') && /^JSON (parse error, |.* limit exceeded$)/.test(desc);
  return ofParser ? `parse-error:${desc}` : `input-error:${desc}`;
}

/** A message that the parser accepts is known by its id alone. */
function accepted(value: JsonObject | undefined): string {
  const id = value?.get('id');
  return id === undefined ? 'accepted' : `accepted with id ${canonicalJson(id)}`;
}

function predicted(bytes: string): string[] {
  return framesOf(classicInput, fromLatin1(bytes + SENTINEL)).map(({ text, length, problem }) => {
    const frame = fromLatin1(text.slice(0, length));
    const refusal = problem ?? frameProblem(frame);
    if (refusal !== undefined) return `parse-error:${refusal}`;
    const value = parseJson(frame);
    return accepted(isObject(value) ? value : undefined);
  });
}

function observed(replies: readonly JsonObject[]): string[] {
  return replies.map((reply) => {
    const said = told(reply);
    return said.startsWith('parse-error:') ? said : accepted(reply);
  });
}

async function compare(client: QmpClient, inputs: fc.Arbitrary<string>, numRuns: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(inputs, async (bytes) => {
      expect(observed(await ask(client, bytes))).toEqual(predicted(bytes));
    }),
    { numRuns },
  );
}

describe('framing as QEMU does it', () => {
  qemuTest('every edge case, each in a session of its own', async () => {
    const { socket } = await startQemu(testFolder());
    for (const { name, bytes, replies: expected } of edgeCases) {
      const client = await negotiated(socket);
      const replies = await ask(client, bytes);
      expect.soft(observed(replies), name).toEqual(predicted(bytes));
      expect.soft(replies.slice(0, expected.length).map(told), name).toEqual(expected);
      await client.end();
    }
  });

  qemuTest('whatever bytes a property test makes up', async () => {
    const { socket } = await startQemu(testFolder());
    await compare(await negotiated(socket), jsonLikeBytes, 200);
  });

  qemuTest('whatever strings', async () => {
    const escape = fc.constantFrom('\\', '\\u', '\\uD83D', '\\uDE00', '\\u00', '\\uFF', 'FE', 'D8', '"', "'");
    const lead = fc.constantFrom(
      '\xc0\x80',
      '\xc3',
      '\xe2',
      '\xed\xa0',
      '\xef\xbf',
      '\xf0\x9f',
      '\xf4\x8f\xbf',
    );
    const tail = fc.constantFrom('\x80', '\xbf', '\xbe', '\xa9', '\xf8', '\xfd');
    const letter = fc.constantFrom(...Array.from('bfnrtu/aA0\x7f%'));
    const pieces = fc.array(fc.oneof(escape, lead, tail, letter), { maxLength: 8 });
    const inputs = pieces.map((texts) => `{"execute":"query-name","id":"${texts.join('')}"}`);
    const { socket } = await startQemu(testFolder());
    await compare(await negotiated(socket), inputs, 200);
  });

  qemuTest('whatever values', async () => {
    const encoded = jsonValue.map((value) => Buffer.from(printJson(value)).toString('latin1'));
    const inputs = encoded.map((value) => `{"execute":"query-name","id":${value}}`);
    const { socket } = await startQemu(testFolder());
    await compare(await negotiated(socket), inputs, 200);
  });
});

describe('framing as the guest agent does it', () => {
  agentTest('every edge case', async () => {
    const { socket } = await startGuestAgent(testFolder());
    const client = await QmpClient.connect(socket);
    for (const { name, bytes } of edgeCases) {
      expect.soft(observed(await ask(client, bytes)), name).toEqual(predicted(bytes));
    }
  });

  agentTest("QEMU's limits", async () => {
    const { socket } = await startGuestAgent(testFolder());
    const client = await QmpClient.connect(socket);
    const MiB = 2 ** 20;
    const ones = '1,'.repeat(MiB - 1);
    const cases = {
      'one token more than 2 Mi': `[${ones}11]`,
      '2 Mi tokens': `[${ones}]`,
      'a token just below 64 MiB': `"${'x'.repeat(64 * MiB - 3)}"`,
      'a token of 64 MiB': `"${'x'.repeat(64 * MiB - 2)}"`,
      'a token of more, cut': `"${'x'.repeat(64 * MiB)}"`,
      'tokens of 64 MiB together': `["${'x'.repeat(40 * MiB)}","${'x'.repeat(24 * MiB - 7)}"]`,
    };
    for (const [name, bytes] of Object.entries(cases)) {
      expect.soft(observed(await ask(client, bytes)), name).toEqual(predicted(bytes));
    }
  });
});
