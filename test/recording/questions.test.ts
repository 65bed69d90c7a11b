import { expect, test } from 'vitest';
import { hmpQuestion, questions } from '../../src/recording/questions.js';
import { compileGlob } from '../../src/text/glob.js';

test('what asks is told from what changes something', () => {
  const asks = questions.map(compileGlob);
  const isQuestion = (name: string): boolean => asks.some((matches) => matches(name));
  expect(['query-status', 'qom-get', 'guest-get-vcpus', 'guest-ping'].filter(isQuestion)).toHaveLength(4);
  expect(['qom-set', 'stop', 'guest-exec', 'device_add'].filter(isQuestion)).toEqual([]);
  expect(['info block', ' x /4x 0'].every((line) => hmpQuestion.test(line))).toBe(true);
  expect(['loadvm a', 'information'].some((line) => hmpQuestion.test(line))).toBe(false);
});
