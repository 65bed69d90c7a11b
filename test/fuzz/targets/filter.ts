/** The filter language, and what a filter finds: with SQL in the store, with a predicate in memory. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '../../../src/errors.js';
import { completeFilter } from '../../../src/inspect/filter/complete.js';
import { printFilter } from '../../../src/inspect/filter/print.js';
import { parseFilter } from '../../../src/inspect/filter/filter.js';
import { MemoryRecording } from '../../../src/recording/memory.js';
import type { RecordingReader } from '../../../src/recording/ports.js';
import { openRecording } from '../../../src/store/index/open.js';
import { MessageFile } from '../../support/message-file.js';
import { fromLatin1 } from '../../support/frames.js';
import { conversationSeeds, cutOff } from '../support/conversation.js';
import type { Target } from '../target.js';

let readers: readonly [stored: RecordingReader, memory: RecordingReader] | undefined;

/** The same recording in both places, made when it is first wanted. */
function recordings(): readonly [stored: RecordingReader, memory: RecordingReader] {
  if (readers !== undefined) return readers;
  const said = fromLatin1(conversationSeeds.join('\n.\n= vm\n'));
  const memory = new MemoryRecording();
  cutOff(memory, said);
  const folder = mkdtempSync(join(tmpdir(), 'qmptap-fuzz-filter-'));
  try {
    const path = join(folder, 'x.qmptap');
    const file = new MessageFile(path);
    cutOff(file, said);
    file.finish();
    readers = [openRecording(path), memory];
  } finally {
    rmSync(folder, { recursive: true });
  }
  return readers;
}

export const target: Target = {
  holds:
    'a filter is refused where it is wrong, or printed as itself, and finds the same in the store as in memory',
  maxLength: 160,
  words: [
    'cmd:', 'event:', 'kind:error', 'kind:response', 'dir:->', 'id:', 'session:1', 'label:vm', 'class:', 'arg:**.id=d', 'dur>1ms', 't<=1.5s', 'fds>0',
    'pending', ' not ', ' or ', ' and ', '(', ')', '"', '/a.*b/i', '*', '?', '\\', 'query-*', 'JOB_*', '[', '\u{1f600}',
  ], // prettier-ignore
  seeds: () => [
    'cmd:query-* or event:JOB_*',
    'not (kind:error dur>1ms) "a b"',
    'arg:**.id=d* id:b',
    '/^.\\{"ex/ pending',
    'label:v? session:2 t<1min fds=0',
  ],
  run(input) {
    const text = new TextDecoder().decode(input);
    completeFilter(text, text.length, { commands: ['query-status'], events: ['STOP'] });
    let where;
    try {
      where = parseFilter(text);
    } catch (error) {
      assert.ok(error instanceof UsageError, String(error));
      assert.ok(error.column !== undefined && error.column >= 0 && error.column <= text.length);
      return;
    }
    assert.deepEqual(parseFilter(printFilter(where)), where);
    for (const range of [
      { where },
      { where, order: 'desc' as const, session: 2 },
      { where, after: 3, limit: 2 },
    ]) {
      const [stored, memory] = recordings().map((reader) =>
        Array.from(reader.messages(range), ({ index }) => index),
      );
      assert.deepEqual(stored, memory);
    }
  },
};
