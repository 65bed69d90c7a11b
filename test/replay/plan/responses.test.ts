import { expect, test } from 'vitest';
import { errorResponses } from '../../../src/replay/plan/responses.js';
import { greeting, planned, textOf } from '../playbook.js';

test('an error ends as the recorded messages do', () => {
  const said = (script: string, dialect: 'qmp' | 'qga'): string =>
    textOf(errorResponses(planned(script, { dialect }))('no\xe9', '[1]'));
  const text = '{"id": [1], "error": {"class": "GenericError", "desc": "no\\u00E9"}}';
  expect(said(`<- ${greeting}`, 'qmp')).toBe(`${text}\r\n`);
  expect(said('', 'qmp')).toBe(`${text}\r\n`);
  expect(said('', 'qga')).toBe(`${text}\n`);
  expect(said(`-> {"execute":"guest-ping"}\n<- {"return": {}}`, 'qga')).toBe(`${text}\n`);
});

test('an error of the draft protocol has data', () => {
  const plan = planned('<- {"QMP": {"capabilities": []}}');
  expect(textOf(errorResponses(plan)('no', undefined))).toBe(
    '{"error": {"class": "GenericError", "desc": "no", "data": {}}}\r\n',
  );
});
