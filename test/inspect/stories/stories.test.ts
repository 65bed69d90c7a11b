import { describe, expect, test } from 'vitest';
import { collectPending } from '../../../src/inspect/stories/pending.js';
import { collectStories, type Story } from '../../../src/inspect/stories/stories.js';
import { exchange, type Line, played } from '../../support/conversation.js';

const event = (name: string, data: object = {}, after = 1): Line => ['<-', { event: name, data }, after];
const command = (name: string, given: object): Line => ['->', { execute: name, arguments: given }];
const refused = (desc: string): Line => ['<-', { error: { class: 'GenericError', desc } }];
const ms = (count: number): number => count * 1_000_000;

function told(...lines: (Line | Line[])[]): readonly Story[] {
  return collectStories(
    played(lines.flatMap((line) => (typeof line[0] === 'string' ? [line as Line] : (line as Line[])))),
  );
}

/** The essence: what, which, how it ended, how long it took, and its steps. */
function essence({ kind, name, outcome, detail, duration, steps }: Story): unknown[] {
  return [kind, name, outcome, detail, duration / 1e6, steps.map(({ text }) => text).join(' ')];
}

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
      'device_del DEVICE_DELETED',
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

describe('a job', () => {
  const status = (id: string, ...all: string[]): Line[] =>
    all.map((one) => event('JOB_STATUS_CHANGE', { id, status: one }));

  test('has its states, and its outcome from the block job event', () => {
    const stories = told(
      command('blockdev-mirror', { 'job-id': 'copy', device: 'd', target: 't', sync: 'full' }),
      status('copy', 'created', 'running'),
      ['<-', { return: {} }],
      status('copy', 'ready'),
      event('BLOCK_JOB_READY', { device: 'copy', type: 'mirror' }, 100),
      exchange('block-job-complete', { device: 'copy' }),
      status('copy', 'waiting', 'pending'),
      event('BLOCK_JOB_COMPLETED', { device: 'copy', type: 'mirror', len: 1, offset: 1 }),
      status('copy', 'concluded'),
      exchange('job-dismiss', { id: 'copy' }),
      status('copy', 'null'),
    );
    expect(stories.map(essence)).toEqual([
      [
        'job',
        'copy',
        'success',
        'mirror',
        109,
        'blockdev-mirror created running ready BLOCK_JOB_READY block-job-complete waiting pending BLOCK_JOB_COMPLETED concluded job-dismiss null',
      ],
    ]);
  });

  test('fails, is cancelled, is refused', () => {
    const stories = told(
      exchange('blockdev-backup', { 'job-id': 'a', device: 'd' }),
      event('BLOCK_JOB_ERROR', { device: 'a', operation: 'write', action: 'report' }),
      event('BLOCK_JOB_COMPLETED', { device: 'a', type: 'backup', error: 'No space left on device' }),
      exchange('block-stream', { device: 'b' }),
      exchange('block-job-cancel', { device: 'b' }),
      event('BLOCK_JOB_CANCELLED', { device: 'b', type: 'stream' }),
      command('block-commit', { 'job-id': 'c', device: 'd' }),
      refused('no'),
    );
    expect(stories.map((story) => essence(story).slice(1, 4))).toEqual([
      ['a', 'failure', 'No space left on device'],
      ['b', 'cancelled', 'stream'],
      ['c', 'failure', 'no'],
    ]);
  });

  test('that is no block job tells its error when it is asked', () => {
    const stories = told(
      exchange('blockdev-create', { 'job-id': 'make', options: {} }),
      status('make', 'created', 'running', 'aborting', 'concluded'),
      exchange('query-jobs', undefined, [{ id: 'make', status: 'concluded', error: 'File exists' }]),
      exchange('job-dismiss', { id: 'make' }),
      status('make', 'null'),
      exchange('snapshot-save', { 'job-id': 'snap' }),
      status('snap', 'created', 'running'),
      exchange('job-cancel', { id: 'snap' }),
      status('snap', 'aborting', 'concluded'),
      exchange('query-jobs', undefined, [{ id: 'snap', error: 'cancelled' }]),
      exchange('job-pause', { id: 'nobody' }),
    );
    expect(stories.map((story) => essence(story).slice(1, 4))).toEqual([
      ['make', 'failure', 'File exists'],
      ['snap', 'cancelled', 'snapshot save'],
    ]);
  });

  test('of which the beginning is not here', () => {
    const stories = told(
      status('other', 'running'),
      status('again', 'created', 'concluded', 'null', 'created', 'running'),
      event('BLOCK_JOB_READY', { device: 'other', type: 'commit' }),
      event('BLOCK_JOB_READY', {}),
    );
    expect(stories.map((story) => essence(story).slice(1, 3))).toEqual([
      ['other', 'unfinished'],
      ['again', 'unfinished'],
      ['again', 'success'],
    ]);
  });

  test('of a transaction is a story of its own', () => {
    const action = (type: string, data: object): object => ({ type, data });
    const stories = told(
      exchange('transaction', {
        actions: [
          action('blockdev-backup', { 'job-id': 'b1', device: 'x' }),
          action('block-dirty-bitmap-add', { node: 'x', name: 'n' }),
          ...Array.from({ length: 8 }, () => action('abort', {})),
        ],
      }),
      event('BLOCK_JOB_COMPLETED', { device: 'b1', type: 'backup' }, 50),
      command('transaction', { actions: [action('blockdev-backup', { 'job-id': 'b2' })] }),
      refused('no such node'),
    );
    expect(stories.map((story) => essence(story).slice(0, 5))).toEqual([
      ['job', 'b1', 'success', 'backup', 51],
      [
        'transaction',
        'blockdev-backup, block-dirty-bitmap-add, abort, abort, abort, abort, abort, abort, …',
        'success',
        undefined,
        1,
      ],
      ['job', 'b2', 'failure', 'no such node', 1],
      ['transaction', 'blockdev-backup', 'failure', 'no such node', 1],
    ]);
  });
});

describe('a migration', () => {
  const status = (...all: string[]): Line[] => all.map((one) => event('MIGRATION', { status: one }));

  test('is told by its events', () => {
    const stories = told(
      exchange('migrate', { uri: 'fd:migrate', detach: true }),
      status('setup', 'active', 'active'),
      exchange('query-migrate', undefined, { status: 'active' }),
      status('pre-switchover'),
      exchange('migrate-continue', { state: 'pre-switchover' }),
      status('device', 'completed'),
      exchange('query-migrate', undefined, { status: 'completed', downtime: 7 }),
      exchange('migrate', { uri: 'tcp:x' }),
      status('setup', 'failed'),
      exchange('query-migrate', undefined, { status: 'failed', 'error-desc': 'Connection refused' }),
    );
    expect(stories.map(essence)).toEqual([
      [
        'migration',
        'fd:migrate',
        'success',
        'downtime 7 ms',
        11,
        'migrate setup active pre-switchover migrate-continue device completed',
      ],
      ['migration', 'tcp:x', 'failure', 'Connection refused', 3, 'migrate setup failed'],
    ]);
  });

  test('is told by the answers to query-migrate where there are no events', () => {
    const stories = told(
      exchange('migrate-incoming', { uri: 'exec:cat' }),
      exchange('query-migrate', undefined, { status: 'completed' }),
      exchange('query-migrate', undefined, { status: 'active' }),
      exchange('migrate_cancel'),
      exchange('query-migrate', undefined, { status: 'cancelled' }),
      command('migrate', { uri: 'bad' }),
      refused('not a valid migration protocol'),
    );
    expect(stories.map(essence)).toEqual([
      [
        'migration',
        'incoming exec:cat',
        'cancelled',
        undefined,
        9,
        'migrate-incoming active migrate_cancel cancelled',
      ],
      ['migration', 'bad', 'failure', 'not a valid migration protocol', 1, 'migrate refused'],
    ]);
  });

  test('begins by itself on the side that was started for it', () => {
    expect(told(status('setup', 'active', 'completed')).map(essence)).toEqual([
      ['migration', '', 'success', undefined, 2, 'setup active completed'],
    ]);
  });
});

test('a program in the guest belongs together by its pid', () => {
  const stories = told(
    exchange('guest-exec', { path: '/bin/ls', arg: ['-l', '/'] }, { pid: 71 }),
    exchange('guest-exec', { path: '/bin/false' }, { pid: 72 }),
    exchange('guest-exec-status', { pid: 71 }, { exited: false }),
    exchange('guest-exec-status', { pid: 72 }, { exited: true, exitcode: 1 }),
    exchange('guest-exec-status', { pid: 71 }, { exited: true, exitcode: 0, 'out-data': '' }),
    exchange('guest-exec', { path: '/bin/sleep' }, { pid: 73 }),
    exchange('guest-exec-status', { pid: 73 }, { exited: true, signal: 9 }),
    exchange('guest-exec-status', { pid: 99 }, { exited: true }),
    command('guest-exec', { path: '/none' }),
    refused('No such file'),
    exchange('guest-exec', { path: '/bin/cat' }, { pid: 74 }),
  );
  expect(stories.map((story) => essence(story).slice(1))).toEqual([
    ['/bin/cat', 'unfinished', 'the client left before the end', 1, 'guest-exec'],
    ['/bin/ls -l /', 'success', 'exit code 0', 9, 'guest-exec still running ended'],
    ['/bin/false', 'failure', 'exit code 1', 5, 'guest-exec ended'],
    ['/bin/sleep', 'failure', 'signal 9', 3, 'guest-exec ended'],
    ['/none', 'failure', 'No such file', 1, 'guest-exec refused'],
  ]);
});

test('spans: pause, power down, freeze, dump', () => {
  const stories = told(
    event('STOP'),
    event('RESUME', {}, 30),
    event('RESUME'),
    exchange('guest-fsfreeze-freeze', undefined, 2),
    command('guest-fsfreeze-thaw', {}),
    refused('busy'),
    exchange('guest-fsfreeze-thaw', undefined, 2, 20),
    exchange('dump-guest-memory', { paging: false, protocol: 'file:x' }),
    exchange('dump-guest-memory', { paging: false, protocol: 'file:x', detach: true }),
    event('DUMP_COMPLETED', { result: { status: 'failed' }, error: 'disk full' }),
    exchange('system_powerdown'),
    exchange('system_powerdown'),
    event('STOP'),
  );
  expect(stories.map((story) => essence(story).slice(0, 5))).toEqual([
    ['power down', '', 'unfinished', 'the client left before the end', 4],
    ['pause', '', 'success', undefined, 30],
    ['file system freeze', '', 'success', undefined, 24],
    ['memory dump', '', 'failure', 'disk full', 2],
    ['pause', '', 'success', 'to the end of the session', 0],
  ]);
});

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
