import { expect, test } from 'vitest';
import { exchange, type Line } from '../../support/conversation.js';
import { greeting } from '../../support/recorded.js';
import { command, event } from '../stories/told.js';
import { foundIn, lines } from './found.js';

const hello: Line = ['<-', greeting];
const ready = lines(hello, exchange('qmp_capabilities'));

test.each([
  ['server-reset', 'error connection-reset 1/3: the server broke the connection off'],
  ['client-reset', 'warning connection-reset 1/3: the client broke the connection off'],
  ['server-unreachable', 'error server-unreachable 1/3: there was no server to talk to'],
  ['server-closed', 'error server-gone 1/3: QEMU closed the monitor without SHUTDOWN'],
] as const)('%s', (end, expected) => {
  expect(foundIn({ lines: ready, end })).toEqual([expected]);
});

test.each(['client-closed', 'stopped', 'cut-off', undefined] as const)('%s is no finding', (end) => {
  expect(foundIn({ lines: ready, end })).toEqual([]);
});

test('commands that waited are told', () => {
  expect(foundIn({ lines: [...ready, command('query-block', {})], end: 'server-closed' })).toEqual([
    'error server-gone 1/4: QEMU closed the monitor without SHUTDOWN, while 1 command waited for a response',
  ]);
});

test('a QEMU that said or was told that it ends is not gone, nor is an agent', () => {
  expect(foundIn({ lines: [...ready, event('SHUTDOWN')], end: 'server-closed' })).toEqual([]);
  expect(foundIn({ lines: [...ready, ...exchange('quit')], end: 'server-closed' })).toEqual([]);
  expect(foundIn({ lines: exchange('guest-ping'), end: 'server-closed' })).toEqual([]);
});

test('half a message', () => {
  expect(foundIn({ lines: [...ready, ['<-', '{"return": ']], end: 'client-closed' })).toEqual([
    'warning cut-message 1/4: the connection ended in the middle of a message: 13 B of one from the server',
  ]);
});
