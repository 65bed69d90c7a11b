import { expect, test } from 'vitest';
import { recordedNames } from '../../src/tui/names.js';
import { exchange, played } from '../support/conversation.js';

test('commands, events and labels, from the newest messages', () => {
  const reader = played(
    [...exchange('first'), ...Array.from({ length: 1000 }, () => exchange('stop')).flat()],
    { label: 'vm', lines: [...exchange('cont'), ['<-', { event: 'STOP' }], ['<-', '}']] },
  );
  const sessions = new Map(reader.sessions().map((session) => [session.id, session]));
  expect(recordedNames(reader, sessions)).toEqual({
    commands: new Set(['cont', 'stop']),
    events: new Set(['STOP']),
    labels: new Set(['vm']),
    files: new Set(),
  });
});
