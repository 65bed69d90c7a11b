import { expect, test } from 'vitest';
import { pageFindings } from '../../../src/cli/share/page-findings.js';
import { exchange, played } from '../../support/conversation.js';
import { command, refused } from '../../inspect/stories/told.js';

const recording = played(
  { lines: [...exchange('stop'), command('x', {}), refused('no hunter2 here')] },
  { lines: [command('y', {}), refused('other')], started: 9_000_000 },
);

test('of the sessions that are exported, without secrets, and without a command line', () => {
  const redactor = { text: (text: string) => text.replace('hunter2', '…') };
  expect(pageFindings(recording, [{ id: 1 }], redactor)).toMatchObject([
    {
      kind: 'error-responses',
      session: 1,
      seq: 4,
      title: 'x was refused: GenericError: no … here',
      next: undefined,
    },
  ]);
  expect(pageFindings(recording, recording.sessions(), undefined)).toHaveLength(2);
});
