/** What is written of any text and of any bytes: on a terminal, in a log. */
import assert from 'node:assert/strict';
import { hexLines, rawLines } from '../../../src/inspect/tree/byte-lines.js';
import { escapeText, frameText, messageRow } from '../../../src/inspect/format.js';
import { MessageTree } from '../../../src/inspect/tree/message-tree.js';
import { classifyClient, classifyServer } from '../../../src/qmp/message.js';
import { message } from '../../support/message.js';
import { assertSafe } from '../support/looking.js';
import type { Target } from '../target.js';

export const target: Target = {
  holds: 'nothing that moves a cursor, hides or turns text is left of any input',
  maxLength: 400,
  words: [
    '\x1b[31m',
    '\x9b',
    '\u202e',
    '\u2028',
    '\0',
    '\x7f',
    '\u200b',
    '\ufeff',
    '{"event":"',
    '{"error":{"class":"',
    '"desc":"',
    '\ud7ff',
    '\u{e0001}',
    '\u0301',
    '\u3164',
  ],
  seeds: () => [
    '{"event":"\x1b[2J\u202e","data":{"a":["\u2028"]}}',
    '{"return":{"a":{"b":[1,2,{"c":"\x07"}]}}}',
    '\u{1f600}\u0301\ufffd',
  ],
  run(input) {
    const text = new TextDecoder().decode(input);
    assertSafe(escapeText(text));
    assertSafe(escapeText(Buffer.from(input).toString('utf16le')));
    assertSafe(frameText(input));
    assertSafe(frameText(input, 10));
    // Cutting shows no more than there is.
    assert.equal(frameText(input, input.length), frameText(input));
    for (const [dir, classified] of [
      ['c2s', classifyClient(input, undefined)],
      ['s2c', classifyServer(input, undefined)],
    ] as const) {
      const { kind, name, problem } = classified;
      const row = messageRow(message(kind, '', { dir, name, problem, raw: input }), 40);
      for (const part of Object.values(row)) assertSafe(String(part));
    }
    for (const lines of [rawLines(input, 20), hexLines(input, 40)]) {
      for (let line = 0; line < lines.length; line++) assertSafe(lines.line(line));
    }
    const tree = new MessageTree(input);
    for (let line = 0; line < Math.min(tree.length, 100); line++) {
      tree.setOpen(line, true);
      assertSafe(`${tree.line(line)?.key ?? ''}${tree.line(line)?.text ?? ''}`);
    }
  },
};
