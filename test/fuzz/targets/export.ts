/** A conversation through each exporter: what is on the page, in the packets, in the lines. */
import assert from 'node:assert/strict';
import { exportHtml } from '../../../src/formats/page/html.js';
import { exportJsonl } from '../../../src/formats/jsonl/jsonl-export.js';
import { exportPcapng } from '../../../src/formats/pcapng.js';
import { exportReplies } from '../../../src/formats/script/replies.js';
import { exportText } from '../../../src/formats/script/transcript.js';
import { exportPytest, exportVitest } from '../../../src/formats/script/test-files.js';
import { latin1 } from '../../support/frames.js';
import { imported } from '../../support/imported.js';
import { conversation, conversationSeeds, conversationWords } from '../support/conversation.js';
import { fileOf } from '../support/exporting.js';
import type { Target } from '../target.js';

export const target: Target = {
  holds: 'no markup of the wire is on the page, packets are whole and carry the bytes, and text is text',
  maxLength: 1500,
  words: [
    ...conversationWords,
    '</script>',
    '<!--',
    '<script>',
    ']]>',
    '&lt;',
    '\u2028',
    '"""',
    "'''",
    '${x}',
    '`',
    '*/',
  ],
  seeds: () => [...conversationSeeds, '-> {"execute":"</script><script>alert(1)</script><!--"}'],
  run(input) {
    const recording = conversation(input);
    const page = fileOf(recording, exportHtml).toString();
    const data = page.slice(
      page.indexOf('type="application/json">') + 24,
      page.indexOf('</script>\n<script id="findings"'),
    );
    assert.ok(!data.includes('<'), 'markup in the data');
    assert.equal(data.trim(), fileOf(recording, exportJsonl).toString().trim().replaceAll('<', '\\u003c'));
    assertPackets(fileOf(recording, exportPcapng));
    for (const exporter of [exportText, exportReplies, exportVitest, exportPytest]) {
      assert.doesNotMatch(
        fileOf(recording, exporter).toString(),
        /[\0-\x08\v\f\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]/,
      );
    }
    imported(fileOf(recording, exportText), 'text');
    imported(fileOf(recording, exportReplies), 'replies');
  },
};

/** The blocks of a pcapng file follow each other without a gap, and repeat their lengths. */
function assertPackets(file: Buffer): void {
  let at = 0;
  while (at < file.length) {
    const length = file.readUInt32LE(at + 4);
    assert.ok(
      length >= 12 && length % 4 === 0 && at + length <= file.length,
      `a block of ${length} bytes at ${at}`,
    );
    assert.equal(file.readUInt32LE(at + length - 4), length);
    at += length;
  }
  assert.ok(latin1(file.subarray(0, 4)) === '\x0a\x0d\x0d\x0a' || file.length === 0);
}
