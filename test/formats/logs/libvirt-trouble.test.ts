import { expect, test } from 'vitest';
import { lockHolder, machineOf, monitorEnd } from '../../../src/formats/logs/libvirt-trouble.js';

test.each([
  [
    'Unable to read from monitor: Connection reset by peer',
    { end: 'server-reset', reason: 'Connection reset by peer' },
  ],
  ['Triggering EOF callback mon=0x7f vm=0x7e name=web5', { end: 'server-closed', reason: undefined }],
  ['internal error: End of file from qemu monitor', { end: 'server-closed', reason: undefined }],
  ['Timed out during operation', undefined],
])('%s', (text, end) => {
  expect(monitorEnd({ text, place: 'qemuMonitorIO' })).toEqual(end);
  expect(monitorEnd({ text, place: 'qemuAgentIO' })).toBeUndefined();
});

test.each([
  ['Cannot start job (query) in API x for domain web5; current job is', 'web5'],
  ["Domain id=1 name='web5' uuid=0 is tainted", 'web5'],
  ["domain 'web5' is not running", 'web5'],
  ['cannot acquire state change lock (held by monitor=init-web5)', 'web5'],
  ['cannot acquire state change lock', undefined],
])('%s is about %s', (text, name) => {
  expect(machineOf(text)).toBe(name);
});

test('who holds a lock', () => {
  expect(lockHolder('x: cannot acquire state change lock (held by monitor=init)')).toContain('init');
  expect(lockHolder('cannot acquire')).toBeUndefined();
});
