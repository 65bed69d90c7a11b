/** Everything that looks at a recording, one after the other, as the commands and the terminal UI do. */
import assert from 'node:assert/strict';
import { messageLine, recordingLine, sessionLine } from '../../../src/formats/jsonl/jsonl.js';
import { exporters } from '../../../src/formats/formats.js';
import { hexLines, rawLines } from '../../../src/inspect/tree/byte-lines.js';
import { checkMessages } from '../../../src/inspect/check.js';
import { diffRecordings } from '../../../src/inspect/diff/diff-recordings.js';
import { diffText } from '../../../src/inspect/diff/diff-text.js';
import { parseFilter } from '../../../src/inspect/filter/filter.js';
import { escapeText, frameText, messageRow, peerName, serverName } from '../../../src/inspect/format.js';
import { MessageTree } from '../../../src/inspect/tree/message-tree.js';
import { collectPending } from '../../../src/inspect/stories/pending.js';
import { checkCommand, explainMessage } from '../../../src/inspect/schema/schema-check.js';
import { findSchema } from '../../../src/inspect/schema/schemas.js';
import { schemaText } from '../../../src/inspect/schema/schema-text.js';
import { collectStatistics } from '../../../src/inspect/stats/stats.js';
import { statisticsJson, statisticsText } from '../../../src/inspect/stats/stats-text.js';
import { collectStories } from '../../../src/inspect/stories/stories.js';
import { storyText } from '../../../src/inspect/stories/stories-text.js';
import { MessageView } from '../../../src/inspect/view/view.js';
import type { RecordingReader } from '../../../src/recording/ports.js';
import { isoTime } from '../../../src/text/time.js';
import { planSession } from '../../../src/replay/plan/plan.js';
import { fileOf } from './exporting.js';

/** Nothing that moves a cursor, turns the direction of text or hides. */
export function assertSafe(text: string): void {
  assert.doesNotMatch(text, /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u2028-\u202e\u2066-\u2069]/u);
}

const filters = [
  'kind:error or dur>1ms',
  'text',
  '/a.*b/i',
  'arg:**.id=d*',
  'cmd:query-* not pending',
  'label:v* fds>0',
  'id:1',
].map(parseFilter);

/** `sound`: the recording was written by us, so that different roads must lead to the same. */
export type Look = (reader: RecordingReader, sound?: boolean) => void;

/** Ways of looking, by name: a hostile recording may be refused by one and not by the next. */
export const looks: Readonly<Record<string, Look>> = {
  show: (reader) => {
    for (const session of reader.sessions()) {
      for (const text of [
        escapeText(session.label ?? ''),
        serverName(session),
        peerName(session.client),
        isoTime(session.started),
      ])
        assertSafe(text);
      sessionLine(session);
    }
    for (const message of reader.messages()) {
      for (const part of Object.values(messageRow(message, 80))) assertSafe(String(part));
      assertSafe(frameText(message.raw));
      JSON.parse(messageLine(message, 0));
    }
    JSON.parse(recordingLine(reader.info));
  },
  find: (reader, sound = true) => {
    for (const where of filters) {
      const up = Array.from(reader.messages({ where }), ({ index }) => index);
      const down = Array.from(reader.messages({ where, order: 'desc' }), ({ index }) => index);
      if (sound) assert.deepEqual(down.reverse(), up);
    }
    for (const message of reader.messages({ limit: 20 })) reader.responseTo(message.session, message.seq);
  },
  stats: (reader, sound = true) => {
    const statistics = collectStatistics([{ reader }]);
    JSON.stringify(statisticsJson(statistics));
    for (const { heading, lines } of statisticsText(statistics))
      for (const line of [heading, ...lines]) assertSafe(line);
    // `outlines` are another road to the same.
    const where = parseFilter('');
    const other = collectStatistics([{ reader, range: { where, limit: 1e9 } }]);
    if (sound) assert.deepEqual(other, statistics);
  },
  stories: (reader) => {
    for (const story of collectStories(reader)) for (const { text } of storyText(story)) assertSafe(text);
    collectPending(reader);
  },
  check: (reader) => {
    for (const { text } of checkMessages(reader)) assertSafe(escapeText(text));
    for (const { id: session } of reader.sessions()) {
      const schema = findSchema(reader, session);
      if (schema === undefined) continue;
      for (const line of schemaText(schema)) assertSafe(line);
      for (const message of reader.messages({ session })) {
        checkCommand(schema, message);
        explainMessage(schema, message);
      }
    }
  },
  diff: (reader, sound = true) => {
    const found = diffRecordings(reader, reader);
    assert.ok(found.same || !sound, 'a recording differs from itself');
    for (const { text } of diffText(found, { a: reader, b: reader, nameA: 'a', nameB: 'b' }))
      assertSafe(text);
  },
  view: (reader) => {
    let time = 0;
    const view = new MessageView(reader, { height: 5, now: () => (time += 0.1) });
    const work = (): void => {
      let steps = 0;
      while (view.work()) assert.ok(++steps < 10_000, 'the view never settles');
      for (const row of view.visible().rows)
        for (const text of [row.title, row.telling, row.remark]) assertSafe(text);
    };
    for (const where of [undefined, ...filters.slice(0, 3)]) {
      if (where !== undefined) view.setWhere(where);
      for (const move of [
        () => {
          view.end();
        },
        () => {
          view.move(-3);
        },
        () => {
          view.home();
        },
        () => {
          view.page(1);
        },
        () => {
          view.seek(filters[0] ?? { op: 'all' }, 1);
        },
      ]) {
        move();
        work();
      }
    }
  },
  tree: (reader) => {
    for (const message of reader.messages({ limit: 30 })) {
      const tree = new MessageTree(message.raw, message.kind !== 'malformed' && message.kind !== 'partial');
      for (let line = 0; line < Math.min(tree.length, 60); line++) {
        tree.setOpen(line, true);
        assertSafe(`${tree.line(line)?.key ?? ''}${tree.line(line)?.text ?? ''}`);
      }
      tree.find('a', 0, 1);
      for (const lines of [rawLines(message.raw, 20), hexLines(message.raw, 80)]) {
        for (let line = 0; line < Math.min(lines.length, 20); line++) assertSafe(lines.line(line));
      }
    }
  },
  export: (reader) => {
    for (const exporter of Object.values(exporters)) fileOf(reader, exporter);
  },
  plan: (reader) => {
    for (const session of reader.sessions()) {
      for (const injected of ['keep', 'leave-out'] as const) {
        planSession(session, reader.messages({ session: session.id }), { injected });
      }
    }
  },
};
