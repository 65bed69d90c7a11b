import { expect, test } from 'vitest';
import { RecordingError } from '../../src/errors.js';
import { chosenSession } from '../../src/recording/chosen-session.js';
import { recorded } from '../support/recorded.js';

test('a session by its number, or what to do', () => {
  const reader = recorded(['-> {"execute":"stop"}']);
  expect(chosenSession(reader, 1).id).toBe(1);
  expect(() => chosenSession(reader, 7)).toThrow(RecordingError);
  expect(() => chosenSession(reader, 7)).toThrow('no session 7; `qmptap ls memory` lists them');
});
