import { expect, test } from 'vitest';
import { exportHtml } from '../../../src/formats/page/html.js';
import { conversation, exported } from '../../support/exported.js';
import { imported } from '../../support/imported.js';
import { recorded } from '../../support/recorded.js';

test('the recording in a page comes out with its bytes, and nothing else of the page', () => {
  const original = recorded(conversation, conversation);
  const { recording, skipped, format } = imported(exported(original, exportHtml).bytes);
  const bytes = (of: typeof original): string[] =>
    Array.from(of.messages(), ({ raw }) => Buffer.from(raw).toString('latin1'));
  expect(bytes(recording)).toEqual(bytes(original));
  expect(recording.sessions()).toHaveLength(2);
  expect([skipped, format]).toEqual([[], 'html']);
});

test('JSON lines outside of the recording are not read', () => {
  const page = exported(recorded(['-> {"execute":"a"}']), exportHtml).text;
  const line = /^\{"type":"message".*$/m.exec(page)?.[0] ?? '';
  const { recording } = imported(`${line}\n${page}${line}\n`, 'html');
  expect(recording.count()).toBe(1);
});
