import { expect, test } from 'vitest';
import { withSessions, type Exporter, type ExportInput } from '../../src/formats/export.js';
import { exportHtml } from '../../src/formats/page/html.js';
import { exportPcapng } from '../../src/formats/pcapng.js';
import { exportReplies } from '../../src/formats/script/replies.js';
import { exportText } from '../../src/formats/script/transcript.js';
import { conversation, exported } from '../support/exported.js';
import { recorded } from '../support/recorded.js';

test('each session comes before its first message, in the order of their numbers', () => {
  const recording = recorded(['-> {"execute":"a"}'], [], ['-> {"execute":"c"}'], []);
  const order = (changes: Partial<ExportInput>): string[] => {
    const list: string[] = [];
    exported(
      recording,
      function* (input) {
        for (const entry of withSessions(input)) {
          if ('message' in entry) list.push(`${entry.message.name ?? ''} ${entry.mark?.note ?? ''}`.trim());
          else list.push(`session ${entry.session.id}`);
          yield '';
        }
      },
      changes,
    );
    return list;
  };
  expect(order({})).toEqual(['session 1', 'a', 'session 2', 'session 3', 'c', 'session 4']);
  expect(
    order({ sessions: recording.sessions().slice(2), messages: recording.messages({ session: 3 }) }),
  ).toEqual(['session 3', 'c', 'session 4']);
  expect(
    order({
      marks: [
        { session: 3, seq: 1, note: 'here' },
        { session: 9, seq: 9, note: 'x' },
      ],
    }),
  ).toContain('c here');
});

test('marks are told in every format that has a place for them', () => {
  const recording = recorded(conversation);
  const marks = [{ session: 1, seq: 6, note: 'here it \x1b stops' }];
  const told = (exporter: Exporter): string => exported(recording, exporter, { marks }).text;
  expect(told(exportText)).toContain('# marked: here it \\u001b stops\n<- {"timestamp"');
  expect(told(exportPcapng)).toContain('marked: here it \\u001b stops');
  expect(told(exportHtml)).toContain('{"type":"mark","session":1,"seq":6,"note":"here it \\u001b stops"}');
  expect(exported(recording, exportReplies, { marks }).omitted).toEqual(['1 mark', '1 event']);
});
