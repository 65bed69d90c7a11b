/** A recording that a crash left, its journal damaged: a conversation, NUL, changes to the journal's bytes. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RecordingError } from '../../../src/errors.js';
import {
  encodeRecordHead,
  encodeSegmentHeader,
  recordHeadLength,
  type JournalRecord,
  segmentHeaderLength,
} from '../../../src/store/journal/journal-format.js';
import { encodePayload } from '../../../src/store/journal/journal-payload.js';
import { journalPath } from '../../../src/store/disk/files.js';
import { openRecording } from '../../../src/store/index/open.js';
import { latin1 } from '../../support/frames.js';
import { conversation, conversationSeeds, conversationWords, tell } from '../support/conversation.js';
import { looks } from '../support/looking.js';
import { Source } from '../support/source.js';
import type { Target } from '../target.js';

let folder: string | undefined;

export const target: Target = {
  holds:
    'a damaged journal is indexed up to the damage, and the recording says so; without damage all is there',
  maxLength: 800,
  words: conversationWords,
  seeds: () => [
    ...conversationSeeds,
    `${conversationSeeds[0] ?? ''}\0\x02\x20\xff`,
    `${conversationSeeds[1] ?? ''}\0\x03\x01\x00\x03\x00\x05\x02\x58\x07`,
  ],
  run(input) {
    const nul = input.indexOf(0);
    const told = nul < 0 ? input : input.subarray(0, nul);
    const journal = journalOf(told);
    const changes = new Source(nul < 0 ? new Uint8Array() : input.subarray(nul + 1));
    const damaged = damage(journal, changes);
    folder ??= mkdtempSync(join(tmpdir(), 'qmptap-fuzz-journal-'));
    const place = join(folder, 'one');
    mkdirSync(place);
    try {
      const path = join(place, 'x.qmptap');
      writeFileSync(path, '');
      writeFileSync(journalPath(path, 1), damaged);
      let reader;
      try {
        reader = openRecording(path);
      } catch (error) {
        assert.ok(error instanceof RecordingError, String((error as Error).stack));
        assert.ok(nul >= 0, error.message);
        return;
      }
      try {
        for (const name of ['show', 'stats', 'check'] as const) looks[name]?.(reader);
        assert.deepEqual([...reader.damage()], []);
        if (nul >= 0) return;
        // The frame that was not complete is there too: the sessions were cut off.
        const whole = Array.from(conversation(told).messages(), ({ raw }) => latin1(raw)).join('');
        assert.ok(
          Array.from(reader.messages()).length === 0 ||
            whole.length <= reader.sessions().reduce((sum, { bytes }) => sum + bytes, 0),
        );
        assert.equal(reader.info.incomplete, undefined);
      } finally {
        reader.close();
      }
    } finally {
      rmSync(place, { recursive: true });
    }
  },
};

/** What the recorder would have written of it. */
function journalOf(told: Uint8Array): Uint8Array {
  const pieces: Uint8Array[] = [
    encodeSegmentHeader({ recording: new Uint8Array(16).fill(7), segment: 1, trouble: undefined }),
  ];
  const record = (given: JournalRecord): void => {
    const head = new Uint8Array(recordHeadLength);
    encodeRecordHead(new DataView(head.buffer), 0, given);
    pieces.push(head, given.payload.slice());
  };
  const about = { dir: 'c2s', fds: 0 } as const;
  record({
    ...about,
    type: 'begin',
    session: 0,
    t: 0,
    payload: encodePayload({ createdBy: 'test', created: 0 }),
  });
  let sessions = 0;
  tell(told, {
    open: (start, t) => {
      record({ ...about, type: 'open', session: ++sessions, t, payload: encodePayload(start) });
      return sessions;
    },
    chunk: (session, { dir, t, bytes, fds }) => {
      record({ type: 'chunk', session, dir, t, payload: bytes, fds });
    },
    inject: () => undefined,
    note: () => undefined,
    close: (session, t, end, reason) => {
      record({ ...about, type: 'close', session, t, payload: encodePayload({ end, reason }) });
    },
  });
  return new Uint8Array(Buffer.concat(pieces));
}

/** Changes, cuts, doubles and fills pieces of it. */
function damage(journal: Uint8Array, changes: Source): Uint8Array {
  let bytes = Buffer.from(journal);
  for (let n = 0; !changes.done && bytes.length > 0 && n < 20; n++) {
    const kind = changes.below(6);
    // Heads are few and far between: half of the changes begin at the first one.
    const at = Math.min(
      bytes.length - 1,
      (changes.byte() & 1 ? segmentHeaderLength : 0) + changes.below(4096),
    );
    const length = changes.below(40);
    if (kind === 0) bytes.fill(changes.byte(), at, at + 1);
    else if (kind === 1) bytes[at] = (bytes[at] ?? 0) ^ (1 << changes.below(8));
    else if (kind === 2) bytes = Buffer.from(bytes.subarray(0, at));
    else if (kind === 3) bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
    else if (kind === 4)
      bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(Math.max(0, at - length))]);
    else bytes.fill(0xff, at, Math.min(bytes.length, at + length));
  }
  return bytes;
}
