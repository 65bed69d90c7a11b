import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UsageError } from '../../../src/errors.js';
import { parseFilter } from '../../../src/inspect/filter/filter.js';
import { printFilter } from '../../../src/inspect/filter/print.js';
import type { Condition } from '../../../src/recording/condition.js';
import { fields } from '../../../src/recording/fields/fields.js';
import { filterText } from './texts.js';

const text = (word: string): Condition => ({ op: 'text', text: word });

describe('parseFilter', () => {
  test.each<[string, Condition]>([
    ['', { op: 'all' }],
    ['  \t', { op: 'all' }],
    ['cmd:query-*', { op: 'glob', field: 'cmd', glob: 'query-*' }],
    ['event:BLOCK_*', { op: 'glob', field: 'event', glob: 'BLOCK_*' }],
    ['kind:error', { op: 'glob', field: 'kind', glob: 'error' }],
    ['dir:c2s', { op: 'glob', field: 'dir', glob: 'c2s' }],
    ['id:libvirt-7', { op: 'glob', field: 'id', glob: 'libvirt-7' }],
    ['session:2', { op: 'compare', field: 'session', is: '=', value: 2 }],
    ['label:"web 1"', { op: 'glob', field: 'label', glob: 'web 1' }],
    ['class:DeviceNotFound', { op: 'glob', field: 'class', glob: 'DeviceNotFound' }],
    ['arg:driver=virtio*', { op: 'glob', field: 'arg', path: 'driver', glob: 'virtio*' }],
    ['dur>50ms', { op: 'compare', field: 'dur', is: '>', value: 50_000_000 }],
    ['dur>=1.5us', { op: 'compare', field: 'dur', is: '>=', value: 1500 }],
    ['t<10s', { op: 'compare', field: 't', is: '<', value: 10_000_000_000 }],
    ['t<=2min', { op: 'compare', field: 't', is: '<=', value: 120_000_000_000 }],
    ['t>0', { op: 'compare', field: 't', is: '>', value: 0 }],
    ['fds>0', { op: 'compare', field: 'fds', is: '>', value: 0 }],
    ['fds:1', { op: 'compare', field: 'fds', is: '=', value: 1 }],
    ['size>10kB', { op: 'compare', field: 'size', is: '>', value: 10_000 }],
    ['size=0', { op: 'compare', field: 'size', is: '=', value: 0 }],
    ['after:"1970-01-01 01:00:01.5+01:00"', { op: 'compare', field: 'time', is: '>=', value: 1_500_000 }],
    ['marked', { op: 'flag', field: 'marked' }],
    ['note:"look here"', { op: 'glob', field: 'note', glob: 'look here' }],
    ['pending', { op: 'flag', field: 'pending' }],
    ['vda', text('vda')],
    ['52:54:00', text('52:54:00')],
    ['"cmd:x \\" \\\\ \\n"', text('cmd:x " \\ \\n')],
    ['/a b/', { op: 'regex', source: 'a b', ignoreCase: false }],
    ['/a\\/b/i', { op: 'regex', source: 'a\\/b', ignoreCase: true }],
    ['a b', { op: 'and', of: [text('a'), text('b')] }],
    ['a and b', { op: 'and', of: [text('a'), text('b')] }],
    ['a b or c', { op: 'or', of: [{ op: 'and', of: [text('a'), text('b')] }, text('c')] }],
    ['a (b or c)', { op: 'and', of: [text('a'), { op: 'or', of: [text('b'), text('c')] }] }],
    ['not a b', { op: 'and', of: [{ op: 'not', of: text('a') }, text('b')] }],
    ['not(a b)', { op: 'not', of: { op: 'and', of: [text('a'), text('b')] } }],
    ['a (b c) d', { op: 'and', of: [text('a'), text('b'), text('c'), text('d')] }],
    ['((a))', text('a')],
    ['!a b', { op: 'and', of: [{ op: 'not', of: text('a') }, text('b')] }],
    [
      '!(a || b) && c',
      { op: 'and', of: [{ op: 'not', of: { op: 'or', of: [text('a'), text('b')] } }, text('c')] },
    ],
    ['!"!a"', { op: 'not', of: text('!a') }],
    ['Kind:error', { op: 'glob', field: 'kind', glob: 'error' }],
    ['KIND == error', { op: 'glob', field: 'kind', glob: 'error' }],
    ['kind=error', { op: 'glob', field: 'kind', glob: 'error' }],
    ['kind != error', { op: 'not', of: { op: 'glob', field: 'kind', glob: 'error' } }],
    ['dur > 1s', { op: 'compare', field: 'dur', is: '>', value: 1e9 }],
    ['seq==7', { op: 'compare', field: 'seq', is: '=', value: 7 }],
    ['seq != 7', { op: 'not', of: { op: 'compare', field: 'seq', is: '=', value: 7 } }],
    ['x > 1', { op: 'and', of: [text('x'), text('>'), text('1')] }],
    ['cmd:stop,cont', { op: 'or', of: ['stop', 'cont'].map((glob) => ({ op: 'glob', field: 'cmd', glob })) }],
    ['cmd:"stop,cont"', { op: 'glob', field: 'cmd', glob: 'stop,cont' }],
    ['label:a,b', { op: 'glob', field: 'label', glob: 'a,b' }],
    ['after:10:56:11', { op: 'compare', field: 'at', is: '>=', value: 39_371_000_000 }],
    ['at<9:00+01:00', { op: 'compare', field: 'at', is: '<', value: 28_800_000_000 }],
  ])('%s', (filter, condition) => {
    expect(parseFilter(filter)).toEqual(condition);
  });

  test.each([...fields])(
    '%s is read as its example says, and printed as it can be read',
    (key, { example }) => {
      const condition = parseFilter(example);
      expect(JSON.stringify(condition)).not.toContain('"text"');
      expect(parseFilter(printFilter(condition))).toEqual(condition);
      expect(() => parseFilter(`${key}x:1`)).toThrow(`did you mean '${key}'?`);
    },
  );

  test('kind:response is both kinds', () => {
    expect(parseFilter('kind:response')).toEqual(parseFilter('kind:success or kind:error'));
  });

  test.each([
    ['cdm:query-*', 0, "no term is called 'cdm'; did you mean 'cmd'?"],
    ['a foo:bar', 2, 'in quotes it is text'],
    ['kind:eror', 5, "did you mean 'error'?"],
    ['seq:3,x', 6, "'x' is no number"],
    ['sise>10kB', 0, "did you mean 'size'?"],
    ['size>10kb', 7, 'a size wants a unit: B, kB'],
    ['slower>50ms', 6, 'write it like slower:50ms'],
    ['pending:x', 7, "'pending' stands alone"],
    ['marked>1', 6, "'marked' stands alone"],
    ['data:', 5, 'write it like data:'],
    ['cmd:', 4, 'a value is missing'],
    ['cmd>5', 3, 'write it like cmd:query-*'],
    ['dur>50', 6, 'wants a unit'],
    ['dur>5x', 5, 'wants a unit'],
    ['dur>fast', 4, 'is no time'],
    ['t>999999999999h', 2, '104 days'],
    ['session:x', 8, 'is no number'],
    ['fds>-1', 4, 'is no number'],
    ['(a', 0, "without its ')'"],
    ['a)', 1, "without its '('"],
    ['()', 1, 'nothing in front'],
    ['a or', 4, 'missing at the end'],
    ['or a', 0, 'both sides'],
    ['a and or b', 6, 'both sides'],
    ['not', 3, 'missing at the end'],
    ['"abc', 0, 'a quote without its end'],
    ['label:"abc', 6, 'a quote without its end'],
    ['"a"b', 3, 'white space is missing'],
    ['/var/lib', 5, '"/var/lib"'],
    ['/var', 0, "second '/'"],
    ['x /a(b/', 4, "a '(' without its ')'"],
    ['/(a)\\1/', 4, 'back reference'],
    ['arg:a..b', 5, 'path'],
    ['cmd~query', 3, "there is no '~'; write it like cmd:query-*, with * for any text, or /x/"],
    ['cmd:a||cmd:b', 5, "white space is missing around '||'"],
    ['a&&b', 1, "white space is missing around '&&'"],
    ['cmd:a,', 6, 'a value is missing'],
    ['kind:error,evnt', 11, "did you mean 'event'?"],
    ['&& a', 0, "'and' wants something on both sides"],
    ['note: a', 5, 'a value is missing'],
    ['at>25:00', 3, 'is no time of day'],
    ['pending==1', 7, "'pending' stands alone"],
  ])('%s is refused at column %i', (filter, column, why) => {
    const refused = (): unknown => parseFilter(filter);
    expect(refused).toThrow(UsageError);
    expect(refused).toThrow(why);
    expect(refused).toThrow(expect.objectContaining({ column, text: filter }));
  });

  test('refuses depths that would not end well', () => {
    expect(() => parseFilter('('.repeat(100_000))).toThrow('levels');
    expect(() => parseFilter('not '.repeat(100_000))).toThrow('levels');
  });

  test('any text is read or refused at a place inside it', () => {
    fc.assert(
      fc.property(filterText, (filter) => {
        try {
          const condition = parseFilter(filter);
          expect(parseFilter(printFilter(condition))).toEqual(condition);
        } catch (error) {
          expect(error).toBeInstanceOf(UsageError);
          const { column, text: whole } = error as UsageError;
          expect(whole).toBe(filter);
          expect(column).toBeGreaterThanOrEqual(0);
          expect(column).toBeLessThanOrEqual(filter.length);
        }
      }),
      { numRuns: 200 },
    );
  });
});
