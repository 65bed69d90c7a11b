import { describe, expect, test } from 'vitest';
import { UsageError } from '../../../src/errors.js';
import { parsePattern, takeCalls } from '../../../src/inspect/rules/parse-pattern.js';
import type { Pattern } from '../../../src/inspect/rules/rule.js';
import { printFilter } from '../../../src/inspect/filter/print.js';

function patternOf(text: string): Pattern {
  const taken = takeCalls(text);
  return parsePattern(taken.text, { start: 0, end: taken.text.length }, taken.calls);
}

function told(text: string): string {
  const parts = patternOf(text).alternatives.map(({ condition, bindings }) => {
    const names = bindings.map(({ field, path, name }) => ` $${name}=${field}:${path}`);
    return printFilter(condition) + names.join('');
  });
  return parts.join(' | ');
}

describe('parsePattern', () => {
  test.each([
    ['event:STOP or kind:error', 'event:STOP or kind:error'],
    // In a rule a command is the command, unless something is asked of its response.
    ['cmd:stop', 'cmd:stop kind:command'],
    ['cmd:stop kind:success', 'cmd:stop kind:success'],
    ['cmd:stop or cmd:cont kind:error', 'cmd:stop kind:command or cmd:cont kind:error'],
    ['not cmd:stop', 'not (cmd:stop kind:command)'],
    ['cmd:x dur>1s', 'cmd:x dur>1s'],
    // Members by their names.
    ['cmd:device_del($id)', 'cmd:device_del kind:command kind:command $id=arg:id'],
    ['cmd:x(a=$b, c=d)', 'cmd:x kind:command arg:c=d kind:command $b=arg:a'],
    ['event:X(a.b=$b) or event:Y', 'event:X kind:event $b=data:a.b | event:Y'],
    ['event:X(msg="a, (b) c")', 'event:X data:"msg=a, (b) c" kind:event'],
    ['data:device=$d', ' $d=data:device'],
    ['cmd:x ret:path=$p', 'cmd:x kind:command $p=ret:path'],
  ])('%s', (text, expected) => {
    expect(told(text)).toBe(expected);
  });

  test('a value in quotes is that value, also with a $', () => {
    expect(told('data:a="$b"')).not.toContain('=data:');
  });

  test.each([
    ['cmd:a(x', 5, "a '(' without its ')'"],
    ['cmd:a(5)', 6, "'5' names no member; write it like cmd:device_del(id=$id)"],
    ['event:a(=5)', 8, "'=5' names no member; write it like event:DEVICE_DELETED(device=$id)"],
    ['cmd:a(x..y=$z)', 7, 'path "x..y": cannot be read at "..y"; write for example return.cpus[*].thread-id'],
    ['(cmd:a($x))', 6, "a named value in parentheses or behind not; write it between 'or' alone"],
    ['not cmd:a($x)', 9, "a named value in parentheses or behind not; write it between 'or' alone"],
    ['cmd:a($x) or', 12, 'something is missing here'],
    ['pending', 0, "'pending' is not known when a message comes; a rule may say: then response within 5s"],
    ['note:x', 0, "'note' is not known when a message comes; a rule may say: then response within 5s"],
    ['foo:x', 0, "no term is called 'foo'; in quotes it is text"],
  ])('%s is refused', (text, column, reason) => {
    let error: unknown;
    try {
      patternOf(text);
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(UsageError);
    expect((error as UsageError).column).toBe(column);
    expect((error as UsageError).message.replace('filter: ', '')).toBe(reason);
  });
});

describe('takeCalls', () => {
  test('keeps every place where it is', () => {
    const text = 'each cmd:a($x) then event:B(c=$x)';
    const taken = takeCalls(text);
    expect(taken.text).toBe('each cmd:a     then event:B      ');
    expect(taken.calls.map(({ start, members }) => [start, members.map((one) => one.path)])).toEqual([
      [10, ['x']],
      [27, ['c']],
    ]);
  });

  test('passes over what is in quotes', () => {
    expect(takeCalls('"cmd:a($x)"').calls).toEqual([]);
  });
});
