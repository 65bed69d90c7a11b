import { expect, test } from 'vitest';
import { collectStories } from '../../../src/inspect/stories/stories.js';
import { storiesSummary, storyJson, storyText } from '../../../src/inspect/stories/stories-text.js';
import { exchange, type Line, played } from '../../support/conversation.js';

const deleted = (id: string): Line => ['<-', { event: 'DEVICE_DELETED', data: { device: id } }, 2500];
const stories = collectStories(
  played(
    {
      lines: [
        ...exchange('device_del', { id: 'a\u001b' }),
        ...exchange('device_del', { id: 'b' }),
        deleted('b'),
      ],
    },
    { lines: [deleted('a\u001b')], started: 60_000_000 },
    exchange('guest-exec', { path: 'x' }, { pid: 1 }),
  ),
);

test('a heading and the steps, escaped', () => {
  const text = stories.map((story) => [...storyText(story)].map((line) => line.text).join('\n'));
  expect(text[0]).toBe(
    'guest program x  unfinished after 1.0ms: the client left before the end  (session 3 #1)\n' +
      '       0.001000       #1  guest-exec',
  );
  expect(text[1]).toContain('device removal a\\u001b  success in 1m02s  (session 1 #1 to session 2 #1)');
  expect(text[2]).toBe(
    'device removal b  success in 2.5s  (session 1 #3 to #5)\n' +
      '       0.003000       #3  device_del\n' +
      '       2.504000       #5  DEVICE_DELETED',
  );
  expect([...storyText(stories[0]!)][0]?.style).toBe('unfinished');
});

test('says how many steps are not kept', () => {
  const asked = Array.from({ length: 80 }, () =>
    exchange('guest-exec-status', { pid: 1 }, { exited: false }),
  );
  const [long] = collectStories(played([...exchange('guest-exec', {}, { pid: 1 }), ...asked.flat()]));
  expect([...storyText(long!)].map(({ text }) => text)).toContain('      21 steps more');
});

test('a summary', () => {
  expect(storiesSummary(stories)).toBe('3 stories, 1 unfinished');
  expect(storiesSummary([])).toBe('0 stories');
  expect(storiesSummary(stories.slice(0, 1).map((story) => ({ ...story, outcome: 'failure' })))).toBe(
    '1 story, 1 failed',
  );
});

test('as data', () => {
  expect(JSON.parse(JSON.stringify(storyJson(stories[2]!)))).toEqual({
    type: 'story',
    kind: 'device removal',
    name: 'b',
    outcome: 'success',
    session: 1,
    seq: 3,
    t: 0.003,
    end: { session: 1, seq: 5, t: 2.504 },
    duration: 2.501,
    steps: [
      { session: 1, seq: 3, t: 0.003, text: 'device_del' },
      { session: 1, seq: 5, t: 2.504, text: 'DEVICE_DELETED' },
    ],
  });
  expect(storyJson(stories[0]!)).toMatchObject({ outcome: 'unfinished', live: undefined, end: undefined });
});
