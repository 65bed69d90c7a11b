import { describe, expect, test } from 'vitest';
import { exportReplies } from '../../../src/formats/script/replies.js';
import { exportText } from '../../../src/formats/script/transcript.js';
import { conversation, exported } from '../../support/exported.js';
import { imported } from '../../support/imported.js';
import { played } from '../../support/conversation.js';
import { message } from '../../support/message.js';
import { latin1, recorded } from '../../support/recorded.js';

describe('exportText', () => {
  test('is the notation of the documents', () => {
    const script = ['-> {"execute":\n\t"stop"}', '<- {"return": {}}', '<- {"return": {"a": "\x7f"}}'];
    expect(exported(recorded(script), exportText).text).toBe(
      [
        '# session 1, QMP, 2026-11-20T09:12:29.000000Z',
        '# unix:/c -> unix:/s',
        '',
        '-> {"execute":',
        '   \t"stop"}',
        '<- {"return": {}}',
        '# answers no command',
        '<- {"return": {"a": "\\u007f"}}',
        '',
      ].join('\n'),
    );
  });

  test('moves no cursor', () => {
    const { text } = exported(recorded(['-> \x1b[2J\x07\xff{"execute":"\x1b"}']), exportText);
    expect(text).toMatch(/^[\n -~]*$/);
  });

  test('moves no cursor by the controls beyond ASCII, and turns no text', () => {
    const script = ['-> {"execute":"\xc2\x9b2J\xe2\x80\xae\x7f"}', '<- {"return": {"\xc2\x9b": "\xc3\xa9"}}'];
    for (const exporter of [exportText, exportReplies]) {
      const { text } = exported(recorded(script), exporter);
      expect(text).toContain('\\u009b2J\\u202e\\u007f');
      expect(text).not.toMatch(/[\x7f-\x9f\u202e]/);
      expect(text).toContain('é');
    }
  });

  test('can be imported', () => {
    const { recording, skipped, format } = imported(
      exported(recorded(conversation, conversation), exportText).bytes,
    );
    expect(format).toBe('text');
    expect(skipped).toEqual([]);
    expect(recording.sessions().map(({ messages }) => messages)).toEqual([8, 8]);
  });

  test('says above a message what is odd about it', () => {
    const cut = latin1('{"exe');
    const recording = played({ lines: [['->', '{"execute":"a"}']] }, { lines: [] });
    recording.add(message('partial', '', { index: 2, session: 1, seq: 2, raw: cut, dir: 'c2s', fds: 2 }));
    recording.add(
      message('success', '{"return": 1}', {
        index: 3,
        session: 2,
        seq: 1,
        late: { session: 1, seq: 1 },
        injected: true,
      }),
    );
    const marks = [
      { session: 1, seq: 1, note: undefined },
      { session: 2, seq: 1, note: 'a\nb' },
    ];
    const { text } = exported(recording, exportText, { marks });
    expect(text).toContain(
      '\n# marked\n-> {"execute":"a"}\n# cut off by the close\n# with 2 descriptors\n-> {"exe\n\n# session 2,',
    );
    expect(text).toContain(
      '\n# marked: a\\u000ab\n# answers #1 of session 1\n# by the user of qmptap\n<- {"return": 1}\n',
    );
  });
});
