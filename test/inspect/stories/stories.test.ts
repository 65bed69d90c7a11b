import { describe, expect, test } from 'vitest';
import { collectStories } from '../../../src/inspect/stories/stories.js';
import { exchange, played } from '../../support/conversation.js';
import { event, told } from './told.js';

describe('collectStories', () => {
  test('keeps the first and the last of very many steps', () => {
    const asked = Array.from({ length: 100 }, () =>
      exchange('guest-exec-status', { pid: 1 }, { exited: false }),
    );
    const [story] = told(exchange('guest-exec', { path: 'x' }, { pid: 1 }), ...asked);
    expect(story?.steps).toHaveLength(60);
    expect(story?.omitted).toBe(41);
    expect(story?.steps[0]?.text).toBe('guest-exec');
  });

  test('is not misled by what has no sense', () => {
    expect(
      told(
        exchange('device_del', { id: 7 }),
        exchange('blockdev-mirror', { 'job-id': null }),
        exchange('transaction', { actions: 5 }),
        exchange('query-jobs', undefined, { a: 1 }),
        exchange('query-migrate', undefined, 'x'),
        event('JOB_STATUS_CHANGE', { id: 5 }),
        event('MIGRATION', {}),
        ['<-', { return: 1 }],
        ['<-', '{"event": "DEVICE_DELETED", "data": 3}'],
        ['->', '{"execute": "device_del", "arguments": []}'],
      ).map(({ kind }) => kind),
    ).toEqual(['transaction']);
  });

  test('tells of one session if asked', () => {
    const both = played(exchange('device_del', { id: 'a' }), exchange('device_del', { id: 'b' }));
    expect(collectStories(both, 2).map(({ name }) => name)).toEqual(['b']);
  });
});
