import { afterEach, expect, test, vi } from 'vitest';
import { createLogger, type LogFlags } from '../../../src/cli/output/log.js';

afterEach(() => {
  vi.restoreAllMocks();
});

/** What a logger with these flags writes. */
function logged(flags: LogFlags, write: (log: ReturnType<typeof createLogger>) => void): string {
  const stream = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  write(createLogger(flags));
  return stream.mock.calls.map(([chunk]) => String(chunk)).join('');
}

test('for people: a line each, escaped, with the time', () => {
  const text = logged({ logLevel: 'info', logFormat: 'pretty' }, (log) => {
    log.info('a\u001b[2J\nb');
    log.warn('c');
  });
  expect(text).toMatch(/^\[[\d:.]+\] INFO \(qmptap\): a\\u001b\[2J\\nb\n\[[\d:.]+\] WARN \(qmptap\): c\n$/);
});

test('as JSON: an object a line, in ASCII', () => {
  const text = logged({ logLevel: 'info', logFormat: 'json' }, (log) => {
    log.error({ divergence: { kind: 'miss' } }, 'é');
  });
  expect(text).toMatch(/^[\x20-\x7e]+\n$/);
  expect(JSON.parse(text)).toMatchObject({
    name: 'qmptap',
    level: 50,
    msg: 'é',
    divergence: { kind: 'miss' },
  });
});

test('nothing below the level', () => {
  const text = logged({ logLevel: 'error', logFormat: 'json' }, (log) => {
    log.info('a');
    log.warn('b');
    log.error('c');
    expect([log.isLevelEnabled('warn'), log.isLevelEnabled('error')]).toEqual([false, true]);
  });
  expect(text.split('\n')).toEqual([expect.stringContaining('"msg":"c"'), '']);
});
