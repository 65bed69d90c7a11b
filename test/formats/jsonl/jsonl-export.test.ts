import { expect, test } from 'vitest';
import { exportJsonl } from '../../../src/formats/jsonl/jsonl-export.js';
import { exported } from '../../support/exported.js';
import { recorded } from '../../support/recorded.js';

test('the recording, then each session before its messages, and a mark under its message', () => {
  const recording = recorded(['-> {"execute":"a"}', '<- {"return": {}}'], ['-> {"execute":"b"}']);
  const { text } = exported(recording, exportJsonl, { marks: [{ session: 1, seq: 1, note: 'here' }] });
  const lines = text.trimEnd().split('\n');
  const shown = lines.map((line) => {
    const { type, session, seq, note } = JSON.parse(line) as Record<string, string | undefined>;
    return [type, session, seq, note].filter((one) => one !== undefined).join(' ');
  });
  expect(shown).toEqual([
    'recording',
    'session 1',
    'message 1 1',
    'mark 1 1 here',
    'message 1 2',
    'session 2',
    'message 2 1',
  ]);
  expect(text).toMatch(/\n$/);
});
