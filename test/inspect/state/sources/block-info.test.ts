import { expect, test } from 'vitest';
import { bitmapKey } from '../../../../src/inspect/state/sources/block-info.js';
import { exchange } from '../../../support/conversation.js';
import { contradicted, known, nodeInfo } from '../known.js';

test('a node is told with its bitmaps, and with no others', () => {
  const info = nodeInfo('disk', {
    'dirty-bitmaps': [
      { name: 'b', granularity: 65536, recording: true, persistent: false, busy: false, count: 3 },
    ],
  });
  const before = exchange('block-dirty-bitmap-add', { node: 'disk', name: 'other' });
  const list = exchange('query-named-block-nodes', undefined, [info, 7, { drv: 'no name' }]);
  const found = known([before, list]);
  expect(found).toMatchObject({
    'bitmap disk/b count': '3 asserted #4',
    'node disk driver': 'qcow2 asserted #4',
  });
  expect(found).not.toHaveProperty(`bitmap ${bitmapKey('disk', 'other')}`);
  expect(contradicted(before, list)).toEqual(['bitmap disk/other #2 #4']);
});
