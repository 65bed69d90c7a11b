import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  learnedRedactor,
  redactedMarks,
  redactedMessages,
  redactedSessions,
  removedText,
} from '../../../src/cli/share/redaction.js';
import { UsageError } from '../../../src/errors.js';
import { openRecording } from '../../../src/store/index/open.js';
import { testFolder } from '../../support/folder.js';
import { recordingFile } from '../../support/recording-file.js';

const secret = 'Canary-3f9a1c';
/** The secret is known from the last message alone. */
const talk = [
  `-> {"execute":"query-block","arguments":{"x":"${secret}"}}`,
  `-> {"execute":"set_password","arguments":{"protocol":"vnc","password":"${secret}"}}`,
];

test('a secret is known before the message that says that it is one', async () => {
  using reader = openRecording(await recordingFile(join(testFolder(), 'a.qmptap'), talk));
  const redactor = learnedRedactor(reader, []);
  const texts = Array.from(redactedMessages(reader.messages(), redactor), ({ raw }) =>
    Buffer.from(raw).toString(),
  );
  expect(texts).toHaveLength(2);
  expect(texts.join()).not.toContain(secret);
  expect(redactedMarks([{ session: 1, seq: 2, note: `it is ${secret}` }], redactor)).toEqual([
    { session: 1, seq: 2, note: expect.not.stringContaining(secret) as string },
  ]);
  expect(redactedMarks([{ session: 1, seq: 2, note: undefined }], redactor)[0]?.note).toBeUndefined();
  expect(removedText(redactor)).toMatch(/^redacted: .*1 x a VNC or SPICE password/);
});

test('sessions lose their secrets, or nothing where nothing is redacted', async () => {
  using reader = openRecording(await recordingFile(join(testFolder(), 'a.qmptap'), talk));
  const [session] = reader.sessions();
  const told = [{ ...session!, label: `vm ${secret}`, notes: [secret] }];
  const redacted = redactedSessions(told, learnedRedactor(reader, []));
  expect(JSON.stringify(redacted)).not.toContain(secret);
  expect(redactedSessions(told, undefined)).toBe(told);
});

test('rules are the users own; one that does not parse is refused', async () => {
  using reader = openRecording(await recordingFile(join(testFolder(), 'a.qmptap'), talk));
  const redactor = learnedRedactor(reader, ['key:protocol']);
  Array.from(redactedMessages(reader.messages(), redactor));
  expect(removedText(redactor)).toContain('1 x key:protocol');
  expect(() => learnedRedactor(reader, ['protocol'])).toThrow(UsageError);
  expect(removedText(learnedRedactor(reader, []))).toBe('nothing was found to redact');
});
