import { describe, expect, test } from 'vitest';
import { collectStories } from '../../../src/inspect/stories/stories.js';
import { exchange, played } from '../../support/conversation.js';
import type { Story } from '../../../src/inspect/stories/stories.js';
import { event, command, refused, ms, told, essence } from './told.js';

describe('a device removal', () => {
  test('ends with DEVICE_DELETED, by id', () => {
    const [story] = told(
      exchange('device_del', { id: 'net0' }),
      event('DEVICE_DELETED', { path: '/machine/peripheral/net0/virtio-backend' }, 500),
      event('DEVICE_DELETED', { device: 'net0', path: '/machine/peripheral/net0' }, 10),
    );
    expect(essence(story!)).toEqual([
      'device removal',
      'net0',
      'success',
      undefined,
      511,
      'device_del DEVICE_DELETED of its /virtio-backend DEVICE_DELETED',
    ]);
    expect(story).toMatchObject({ start: { session: 1, seq: 1, t: ms(1) }, end: { seq: 4, t: ms(512) } });
  });

  test('by path, and without the answer', () => {
    expect(
      told(
        command('device_del', { id: '/machine/peripheral-anon/device[0]' }),
        event('DEVICE_DELETED', { path: '/machine/peripheral-anon/device[0]' }),
      ).map(essence),
    ).toEqual([
      [
        'device removal',
        '/machine/peripheral-anon/device[0]',
        'success',
        undefined,
        1,
        'device_del DEVICE_DELETED',
      ],
    ]);
  });

  test('may be asked for again, refused by QEMU, refused by the guest', () => {
    const stories = told(
      exchange('device_del', { id: 'a' }),
      command('device_del', { id: 'a' }),
      refused('Device a is already in the process of unplug'),
      command('device_del', { id: 'b' }),
      refused("Device 'b' not found"),
      exchange('device_del', { id: 'c' }),
      event('DEVICE_UNPLUG_GUEST_ERROR', { device: 'c', path: '/machine/peripheral/c' }),
    );
    expect(stories.map(essence)).toEqual([
      [
        'device removal',
        'a',
        'unfinished',
        'the client left before the end',
        8,
        'device_del device_del again Device a is already in the process of unplug',
      ],
      ['device removal', 'b', 'failure', "Device 'b' not found", 1, 'device_del refused'],
      ['device removal', 'c', 'failure', 'the guest refused', 2, 'device_del DEVICE_UNPLUG_GUEST_ERROR'],
    ]);
  });

  test('goes on when the client comes again, but not past the end of the server', () => {
    const begin = exchange('device_del', { id: 'x' });
    const deleted = event('DEVICE_DELETED', { device: 'x' }, 5);
    const two = (end: 'client-closed' | 'server-closed', started = 10_000_000): readonly Story[] =>
      collectStories(played({ lines: begin, end }, { lines: [deleted], started }));
    expect(two('client-closed')).toMatchObject([
      { outcome: 'success', duration: 10_000_000_000 + ms(4), end: { session: 2 } },
    ]);
    expect(two('server-closed')).toMatchObject([
      { outcome: 'unfinished', detail: 'the server closed the connection before the end' },
    ]);
    // At the same time, so it is another server.
    expect(two('client-closed', 0)).toMatchObject([{ outcome: 'unfinished' }]);
  });
});
