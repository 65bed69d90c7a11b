import { expect, test } from 'vitest';
import { Clock } from '../../../src/formats/reading/clock.js';
import { levelOf, ofFields, unwrapJson } from '../../../src/formats/reading/wrapped-json.js';

const clock = new Clock(1_777_629_600_250_000);
const micros = 1_777_629_600_250_000;

test.each([
  [
    'journald',
    '{"__REALTIME_TIMESTAMP":"1777629600250000","MESSAGE":"text","_HOSTNAME":"h","CODE_FUNC":"f"}',
    'h',
    'f',
  ],
  ['journald, bytes', '{"__REALTIME_TIMESTAMP":"1777629600250000","MESSAGE":[116,101,120,116]}', '', ''],
  ['KubeVirt', '{"msg":"text","timestamp":"2026-05-01T10:00:00.250000Z","pos":"f:12"} and more', '', 'f'],
  ['Docker', '{"log":"text\\n","stream":"stdout","time":"2026-05-01T10:00:00.25Z"}', '', ''],
  ['stern', '{"message":"text","podName":"p","ts":1777629600.25}', 'p', ''],
])('%s', (_name, line, source, place) => {
  expect(unwrapJson(line, clock)).toMatchObject({ text: 'text', micros, source, place });
});

test.each([
  '{"execute":"x","arguments":{"msg":"a"}}',
  '{"event":"X","data":{"msg":""}}',
  '{"msg":1}',
  '{"msg":"cut',
  '{}',
])('%s is no wrapper', (line) => {
  expect(unwrapJson(line, clock)).toBeUndefined();
});

test('what Docker has cut goes on', () => {
  expect(ofFields({ log: 'half', stream: 'stdout' }, clock)?.isPart).toBe(true);
});

test('levels by name and by number', () => {
  expect(['error', '3', 'warning', '4', 'info', ''].map(levelOf)).toEqual([
    'error',
    'error',
    'warning',
    'warning',
    '',
    '',
  ]);
});
