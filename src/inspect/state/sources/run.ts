/** Whether the guest runs. (QEMU's qapi/run-state.json, softmmu/runstate.c.) */
import type { JsonObject } from '../../../json/value.js';
import { migrating } from '../areas.js';
import type { Change } from '../change.js';
import { accepted, answer, event, memberIn, nameIn, type StateSource } from './source.js';

/** Events that come just before STOP, and the run state that they lead to. */
function stopsFor(status: string, when: (data: JsonObject) => boolean) {
  return (change: Change, data: JsonObject): void => {
    if (when(data)) change.imply('run', '', { stopping: status });
  };
}

/** A migration that ends changes the run state without an event. */
function isMigrating(change: Change): boolean {
  const status = change.value('migration', '', 'status');
  return typeof status === 'string' && migrating.has(status);
}

export const runSources: readonly StateSource[] = [
  answer('query-status', ['run'], (change, { returned }) => {
    const values = { status: memberIn(returned, 'status'), running: memberIn(returned, 'running') };
    change.assert('run', '', values, isMigrating(change) ? ['status', 'running'] : []);
  }),
  accepted('stop', ['run'], (change) => {
    // Of a VM that is stopped already, for another reason, the state stays. STOP comes before the answer.
    const before = change.value('run', '', 'running');
    change.imply('run', '', { running: false });
    if (change.isFresh('run', '', 'running') || before !== false)
      change.imply('run', '', { status: 'paused', stopping: undefined });
  }),
  accepted('cont', ['run', 'block-device'], (change) => {
    change.doubtAll('block-device', ['io-status']);
    // An incoming migration only remembers it.
    const status = change.value('run', '', 'status');
    if (status !== 'inmigrate' && !isMigrating(change))
      change.imply('run', '', { status: 'running', running: true });
  }),
  accepted('x-exit-preconfig', ['run'], (change) => {
    change.doubt('run', '', ['status']);
  }),
  event('STOP', ['run'], (change) => {
    const status = change.value('run', '', 'stopping');
    change.doubt('run', '', ['status']);
    change.imply('run', '', { running: false, stopping: undefined });
    if (status !== undefined) change.imply('run', '', { status });
  }),
  event('RESUME', ['run'], (change) => {
    change.imply('run', '', { status: 'running', running: true, stopping: undefined });
  }),
  event('RESET', ['run'], (change) => {
    // A VM that does not run is back before its start.
    const [status, running] = [change.value('run', '', 'status'), change.value('run', '', 'running')];
    if (running === false && status !== 'inmigrate' && status !== 'finish-migrate')
      change.imply('run', '', { status: 'prelaunch' });
  }),
  event('SUSPEND', ['run'], (change) => {
    change.imply('run', '', { status: 'suspended' });
    change.doubt('run', '', ['running']);
  }),
  event('WAKEUP', ['run'], (change) => {
    change.doubt('run', '', ['status', 'running']);
  }),
  event('SUSPEND_DISK', ['run'], (change) => {
    change.doubt('run', '', ['status', 'running']);
  }),
  event('SHUTDOWN', ['run'], (change, data) => {
    change.doubt('run', '', ['status', 'running']);
    change.imply('run', '', {
      shutdown: nameIn(data, 'reason') ?? 'asked',
      stopping: 'shutdown',
    });
  }),
  event(
    'GUEST_PANICKED',
    ['run'],
    stopsFor('guest-panicked', (data) => data.get('action') === 'pause'),
  ),
  event(
    'WATCHDOG',
    ['run'],
    stopsFor('watchdog', (data) => data.get('action') === 'pause'),
  ),
  event('BLOCK_IO_ERROR', ['run', 'block-device'], (change, data) => {
    change.doubtAll('block-device', ['io-status']);
    if (data.get('action') === 'stop') change.imply('run', '', { stopping: 'io-error' });
  }),
  answer('query-name', ['vm'], (change, { returned }) => {
    change.assert('vm', '', { name: memberIn(returned, 'name') });
  }),
  answer('query-uuid', ['vm'], (change, { returned }) => {
    change.assert('vm', '', { uuid: memberIn(returned, 'UUID') });
  }),
  answer('query-balloon', ['vm'], (change, { returned }) => {
    change.assert('vm', '', { balloon: memberIn(returned, 'actual') });
  }),
  event('BALLOON_CHANGE', ['vm'], (change, data) => {
    change.imply('vm', '', { balloon: data.get('actual') });
  }),
];
