import { describe, expect, test } from 'vitest';
import { hasSecretAnswer, hmpParts } from '../../../src/redact/find/hmp.js';

describe('the secret of a human monitor command', () => {
  test.each<[line: string, secret: string | undefined]>([
    ['set_password vnc abc', 'abc'],
    ['set_password spice abc keep', 'abc'],
    ['set_password vnc "a b" fail', '"a b"'],
    ['set_password -d vnc2 vnc abc', 'abc'],
    ['set_password vnc keep', 'keep'],
    ['change vnc password a b', 'a b'],
    ['change -f vnc password abc', 'abc'],
    ['change vnc -f passwd abc', 'abc'],
    ['change cd0 password abc', undefined],
    ['change vnc :1', undefined],
    ['block_passwd d abc', 'abc'],
    ['sendkey ctrl-alt-f1 100', 'ctrl-alt-f1 100'],
    ['qom-set /objects/s data abc', 'abc'],
    ['qom-set -j /objects/s rawdata "abc"', '"abc"'],
    ['qom-set /machine/x size 1', undefined],
    ['info block', undefined],
    ['', undefined],
  ])('%s', (line, secret) => {
    const [part] = hmpParts(line);
    expect(part && line.slice(part.start, part.end)).toBe(secret);
  });

  test.each<[string, boolean]>([
    ['ringbuf_read r 100', true],
    ['qom-get /objects/s data', true],
    ['qom-get /objects/s format', false],
    ['info status', false],
  ])('the answer to %s: %s', (line, expected) => {
    expect(hasSecretAnswer(line)).toBe(expected);
  });
});
