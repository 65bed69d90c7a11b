import fc from 'fast-check';
import { expect, test } from 'vitest';
import { blank, BrokenFrames } from '../../src/redact/broken-frames.js';
import { KnownSecrets } from '../../src/redact/known/known-secrets.js';

const bytes = (text: string): Uint8Array => Uint8Array.from(text, (unit) => unit.charCodeAt(0));
const latin1 = (raw: Uint8Array | undefined): string | undefined =>
  raw && Buffer.from(raw).toString('latin1');

test.each<[string, string | undefined]>([
  ['{"execute":"set_password","arguments":{"x":"y', '{"execute":"set_password","xxxxxxxxx":{"x":"x'],
  ['{"a":"x","p\\u0061ssword":"secret', '{"a":"x","p\\u0061ssword":"xxxxxx'],
  ['set_password vnc abc', 'set_password xxx xxx'],
  ['ringbuf_write r abc', 'ringbuf_write x xxx'],
  ['{"execute":"query-status"', undefined],
])('%s', (frame, expected) => {
  expect(latin1(new BrokenFrames(new KnownSecrets()).mask(bytes(frame)))).toBe(expected);
});

test('a secret that is known goes wherever it is, and its skeleton stays', () => {
  const known = new KnownSecrets();
  known.token('some, secret', 'text', true);
  const mask = (frame: string): string | undefined => latin1(new BrokenFrames(known).mask(bytes(frame)));
  expect(mask('{"a":"some, secret"')).toBe('{"a":"xxxx, xxxxxx"');
  expect(mask('{"a":"s\\u006fme,, secret"')).toBe('{"a":"xxxxxxxxx,, xxxxxx"');
});

test('as many bytes as before, and the same brackets', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (raw) => {
      const safe = latin1(blank(raw)) ?? '';
      expect(safe).toHaveLength(raw.length);
      expect(safe.replaceAll('x', '')).toBe((latin1(raw) ?? '').replace(/[^{}[\]:,"' \t\r\n]/g, ''));
    }),
  );
});
