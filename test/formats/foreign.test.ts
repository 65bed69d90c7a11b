import { expect, test } from 'vitest';
import { foreignFile, nothingIn } from '../../src/formats/foreign.js';
import { recogniseFormat } from '../../src/formats/recognise.js';

test.each([
  ['SQLite format 3\0', /recording already/],
  ['PK\x03\x04\x14', /zip/],
  [`${'a.log'.padEnd(257, '\0')}ustar`, /tar/],
  ['{"log": {"version": "1.2", "entries": []}}', /HAR/],
  ['1234:4:version;2:20#', /mitmproxy/],
  [
    '2026-05-01 10:00:00.000+0000: starting up libvirt version: 11.3.0\nLC_ALL=C \\\n/usr/bin/qemu-system-x86_64 \\',
    /keeps of a VM/,
  ],
])('%j', (text, reason) => {
  const lines = text.split('\n');
  expect(foreignFile(lines)?.reason).toMatch(reason);
  expect(recogniseFormat(lines)).toBeUndefined();
});

test('a file of a kind that is not known is not named', () => {
  expect(foreignFile(['hello'])).toBeUndefined();
});

test('a log without what was looked for says how to get it', () => {
  expect(nothingIn('libvirt-log').remedy).toContain('log_filters');
  expect(nothingIn('qemu-trace').remedy).toContain('-trace');
  expect(nothingIn('text')).toEqual({ reason: 'nothing in it could be imported as text' });
});
