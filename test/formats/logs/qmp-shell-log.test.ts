import { describe, expect, test } from 'vitest';
import { shown } from '../../support/shown-import.js';

describe("qmp-shell's log", () => {
  const line =
    '{"execute": "query-foo", "arguments": {"n": 1.0}, "error": {"class": "CommandNotFound", "desc": "no"}}\n';
  const expected = [
    '1 0 -> {"execute": "query-foo", "arguments": {"n": 1.0}}',
    '1 0 <- {"error": {"class": "CommandNotFound", "desc": "no"}}',
  ];
  test('a line for each command', () => {
    expect(shown(line)).toEqual({ format: 'qmp-shell', sessions: 1, skipped: [], messages: expected });
  });

  test('indented', () => {
    const pretty = `{
    "arguments": {
        "n": 1.0
    },
    "error": {
        "class": "CommandNotFound"
    },
    "execute": "query-foo"
}
`;
    expect(shown(pretty + pretty)).toMatchObject({ format: 'qmp-shell', skipped: [] });
    expect(shown(pretty + pretty).messages).toHaveLength(4);
  });

  test('broken', () => {
    const { skipped, messages } = shown(
      `${line}{"execute": "a"}\n{"x": 1}\n5\n{"execute": "b", "return": }\n`,
    );
    expect(messages.slice(0, 2)).toEqual(expected);
    expect(skipped).toEqual([
      '2: no response to this command',
      '3: an object without a command',
      '4: a JSON value that is no object',
      '5: no JSON',
    ]);
  });
});
