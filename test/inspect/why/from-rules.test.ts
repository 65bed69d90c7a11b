import { describe, expect, test } from 'vitest';
import { kindsByRule } from '../../../src/inspect/why/from-rules.js';
import { findingKinds } from '../../../src/inspect/why/finding.js';
import { exchange } from '../../support/conversation.js';
import { event } from '../stories/told.js';
import { found, foundIn, lines } from './found.js';

const del = (id: string) => exchange('device_del', { id });
const gone = (device: string, after = 1) => event('DEVICE_DELETED', { device }, after);
const title = 'the removal of a was accepted, but DEVICE_DELETED did not come';

describe('a removal', () => {
  test('that never ended, that ended late, and that may still end', () => {
    expect(foundIn({ lines: del('a'), endAfter: 6000 })).toEqual([
      `error removal-unfinished 1/1: ${title} in 6.0s`,
    ]);
    expect(found(del('a'), gone('a', 7000))).toEqual([
      `warning removal-unfinished 1/1,3: ${title} in time: it came after 7.0s`,
    ]);
    expect(foundIn({ lines: del('a'), endAfter: 2000 })).toEqual([
      `warning removal-unfinished 1/1: ${title} yet: 2.0s so far`,
    ]);
  });

  test('that was only begun is no finding', () => {
    expect(found(del('a'))).toEqual([]);
  });

  test('each is told, but not hundreds', () => {
    const many = Array.from({ length: 30 }, (_, at) => del(`d${at}`));
    const all = foundIn({ lines: lines(...many), endAfter: 6000 });
    expect(all).toHaveLength(6);
    expect(all[0]).toContain('; 25 times');
  });
});

test('what must not be is told once for each subject', () => {
  const error = (device: string) => event('BLOCK_IO_ERROR', { device, action: 'stop' });
  expect(found(error('a'), error('a'))).toEqual([
    'error io-error 1/1,2: an I/O error paused the VM; 2 times',
  ]);
  expect(found(event('GUEST_PANICKED', { action: 'pause' }))).toEqual([
    'error guest-panicked 1/1: the guest panicked',
  ]);
});

test('frozen file systems, jobs, dumps, the power button', () => {
  expect(foundIn({ lines: exchange('guest-fsfreeze-freeze', {}, 2), endAfter: 60_000 })[0]).toContain(
    "error freeze-open 1/1: the guest's file systems were frozen, but no thaw came in 1m00s",
  );
  const changed = (status: string) => event('JOB_STATUS_CHANGE', { id: 'j', status });
  expect(foundIn({ lines: [changed('concluded')], endAfter: 2000 })[0]).toContain('job-not-dismissed');
  expect(foundIn({ lines: [changed('pending')], endAfter: 2000 })[0]).toContain('job-not-finalized');
  expect(foundIn({ lines: [event('BLOCK_JOB_READY', { device: 'j' })], endAfter: 2000 })[0]).toContain('job-not-completed'); // prettier-ignore
  expect(foundIn({ lines: exchange('system_powerdown'), endAfter: 2000 })[0]).toContain('powerdown-ignored');
  expect(foundIn({ lines: exchange('dump-guest-memory', { detach: true }), endAfter: 2000 })[0]).toContain('dump-unfinished'); // prettier-ignore
});

test('each kind of finding has its row', () => {
  for (const kind of Object.values(kindsByRule)) expect(findingKinds).toHaveProperty(kind);
});
