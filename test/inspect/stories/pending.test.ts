import { describe, expect, test } from 'vitest';
import { collectPending } from '../../../src/inspect/stories/pending.js';
import { exchange, type Line, played } from '../../support/conversation.js';
import { event, ms } from './told.js';

describe('collectPending', () => {
  test('has what is not over, with the time it waits', () => {
    const lines: Line[] = [
      ['->', { execute: 'stop' }],
      ...exchange('device_del', { id: 'x' }).slice(0, 1),
      event('X', {}, 50),
    ];
    const open = collectPending(played({ lines, end: undefined }));
    expect(open.commands.map(({ message, over, waited }) => [message.name, over, waited])).toEqual([
      ['stop', false, ms(51)],
      ['device_del', false, ms(50)],
    ]);
    expect(open.stories).toMatchObject([{ name: 'x', live: true, detail: undefined, duration: ms(50) }]);
    const closed = collectPending(played({ lines }), 1);
    expect(closed.commands[0]).toMatchObject({ over: true, waited: ms(51) });
    expect(closed.stories).toMatchObject([{ live: false }]);
  });
});
