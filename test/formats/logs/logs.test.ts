import { expect, test } from 'vitest';
import { recogniseFormat } from '../../../src/formats/recognise.js';
import { shown } from '../../support/shown-import.js';

test("Incus' log", () => {
  const log = `[2026-11-20T10:11:32+01:00] QUERY: {"execute":"qmp_capabilities","id":1}
[2026-11-20T10:11:32+01:00] REPLY: {"return": {}, "id": 1}

[2026-11-20T09:11:33Z] EVENT: {"event": "RESUME"}

[2026-11-20T09:11:34Z] QUERY: {"execute":"cont","id
[2026-11-20T09:11:40Z] QUERY: {"execute":"qmp_capabilities","id":1}
`;
  expect(shown(log)).toEqual({
    format: 'incus-log',
    sessions: 2,
    skipped: ['6: a message that is cut or mixed with another line'],
    messages: [
      '1 0 -> {"execute":"qmp_capabilities","id":1}',
      '1 0 <- {"return": {}, "id": 1}',
      '1 1000 <- {"event": "RESUME"}',
      '2 0 -> {"execute":"qmp_capabilities","id":1}',
    ],
  });
});

test('text that is no QMP', () => {
  expect(shown('-> nothing\n<- {"return": {}}\nprose\n-> {"execute":\n   "a"}')).toEqual({
    format: 'text',
    sessions: 1,
    skipped: ['1: no JSON', '3: no message of QMP'],
    messages: ['1 0 <- {"return": {}}', '1 0 -> {"execute": "a"}'],
  });
});

test('what is none of these is not recognised', () => {
  expect(recogniseFormat([])).toBeUndefined();
  expect(recogniseFormat(['hello', '{}', '[1]', '<html>'])).toBeUndefined();
  expect(recogniseFormat(['{"a":1}'])).toBeUndefined();
});
