import { expect, test } from 'vitest';
import { exchange } from '../../support/conversation.js';
import { command, essence, refused, told } from './told.js';

test('a transaction is named by its actions, and taken or refused as a whole', () => {
  const actions = (...types: string[]): object => ({ actions: types.map((type) => ({ type, data: {} })) });
  const many = Array.from({ length: 9 }, () => 'abort');
  const stories = told(
    exchange('transaction', actions('blockdev-snapshot-sync', 'abort')),
    command('transaction', actions(...many)),
    refused('no'),
  );
  expect(stories.map((story) => essence(story).slice(0, 4))).toEqual([
    ['transaction', 'blockdev-snapshot-sync, abort', 'success', undefined],
    ['transaction', `${many.slice(0, 8).join(', ')}, …`, 'failure', 'no'],
  ]);
});
