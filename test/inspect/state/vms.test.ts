import { expect, test } from 'vitest';
import { Vms } from '../../../src/inspect/state/vms.js';
import { type Conversation, exchange, played } from '../../support/conversation.js';
import { sessionStart } from '../../support/recorded.js';
import { known } from './known.js';

const lines = exchange('query-status', undefined, { status: 'paused', running: false });
const session = (more: Partial<Conversation>): Conversation => ({ lines, ...more });

function assigned(...sessions: Conversation[]): unknown[] {
  const vms = new Vms(played(...sessions));
  return sessions.map((_, at) => {
    const found = vms.of({ session: at + 1 });
    return [found?.vm.number, found?.afterGap];
  });
}

test('sessions of one server are of one VM until the server closes', () => {
  const [first, second, third] = [0, 1e6, 2e6].map((started) => session({ started }));
  if (first === undefined || second === undefined || third === undefined) throw new Error();
  expect(assigned(first, { ...second, end: 'server-closed' }, third)).toEqual([
    [1, false],
    [1, true],
    [2, true],
  ]);
});

test('sessions that overlap see everything; those of other servers are of other VMs', () => {
  const open = session({ started: 0, end: undefined });
  const other = session({ started: 2e6, server: 'unix:/other' });
  expect(assigned(open, session({ started: 1e6 }), other)).toEqual([
    [1, false],
    [1, false],
    [2, false],
  ]);
  expect(new Vms(played(open)).of({ session: 9 })).toBeUndefined();
});

test('an agent is of the VM of its label', () => {
  const monitor = session({ start: sessionStart({ label: 'web1', started: 0 }) });
  const agent = {
    lines: exchange('guest-ping'),
    start: sessionStart({ label: 'web1', dialect: 'qga' as const }),
  };
  expect(assigned(monitor, agent)).toEqual([
    [1, false],
    [1, false],
  ]);
});

test('what was known before a time without a connection is stale after it', () => {
  const recording = played(
    session({ started: 0 }),
    session({ started: 1e6, lines: exchange('qmp_capabilities') }),
  );
  expect(known(recording)['run status']).toBe('paused stale #2');
  expect(known(recording, 2)['run status']).toBe('paused asserted #2');
});
