import { expect, test } from 'vitest';
import { collectFindings } from '../../../src/inspect/why/why.js';
import { exchange, played } from '../../support/conversation.js';

test('an answer that contradicts what was done is told once, with what it contradicts', () => {
  const recording = played([
    ...exchange('chardev-add', { id: 'c', backend: { type: 'null' } }),
    ...exchange('chardev-add', { id: 'd', backend: { type: 'null' } }),
    ...exchange('query-chardev', undefined, []),
    ...exchange('query-chardev', undefined, []),
  ]);
  expect(collectFindings(recording)).toMatchObject([
    {
      kind: 'state-contradicted',
      level: 'warning',
      at: { session: 1, seq: 6 },
      subject: 'query-chardev',
      title:
        'query-chardev contradicts what was done before: character devices c: it is there by #2 chardev-add, ' +
        'but it is not there by #6 query-chardev, and 1 more',
      seqs: [2, 4, 6],
      count: 2,
    },
  ]);
});
