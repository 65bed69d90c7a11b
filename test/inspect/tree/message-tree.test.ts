import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MessageTree } from '../../../src/inspect/tree/message-tree.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const tree = (value: unknown): MessageTree => new MessageTree(bytes(JSON.stringify(value)));

/** As it appears on a screen. */
function drawn(of: MessageTree): string[] {
  return Array.from({ length: of.length }, (_, place) => {
    const line = of.line(place)!;
    const sign = line.open === undefined ? ' ' : line.open ? '-' : '+';
    const key = line.key === undefined ? '' : `${line.key}: `;
    return `${'  '.repeat(line.depth)}${sign} ${key}${line.text}`.trimEnd();
  });
}

describe('a small message', () => {
  test('is open', () => {
    const text = ` {"return": {"a b": [1, 2.0, {}], "status": "running"}, 'id': 'x'}\r\n`;
    expect(drawn(new MessageTree(bytes(text)))).toEqual([
      '- return:',
      '  - "a b":',
      '      0: 1',
      '      1: 2.0',
      '      2: {}',
      '    status: "running"',
      "  id: 'x'",
    ]);
  });

  test('folds and unfolds, and keeps what is folded inside', () => {
    const message = tree({ a: { b: { c: 1 } }, d: 2 });
    message.setOpen(1, false);
    expect(drawn(message)).toEqual(['- a:', '  + b: {"c":1}', '  d: 2']);
    message.setOpen(0, false);
    expect(drawn(message)).toEqual(['+ a: {"b":{"c":1}}', '  d: 2']);
    message.setOpen(0, true);
    expect(drawn(message)).toEqual(['- a:', '  + b: {"c":1}', '  d: 2']);
    expect(message.setOpen(2, true)).toBe(false);
  });

  test('knows what a line is in, and its bytes', () => {
    const message = tree({ a: { b: [7] } });
    expect(message.parent(2)).toBe(1);
    expect(message.parent(0)).toBe(0);
    expect(new TextDecoder().decode(message.bytes(1))).toBe('[7]');
  });
});

describe('a large message', () => {
  test('groups many elements', () => {
    const message = tree({ return: Array.from({ length: 250 }, (_, n) => n) });
    expect(drawn(message).map((line) => line.slice(0, 14))).toEqual([
      '- return:',
      '  + 0..99: 0,1',
      '  + 100..199: ',
      '  + 200..249: ',
    ]);
    message.setOpen(3, true);
    expect(message.length).toBe(54);
    expect(drawn(message)[53]).toBe('      249: 249');
  });

  test('groups groups', () => {
    const message = tree(Array.from({ length: 12_345 }, (_, n) => n));
    expect(drawn(message).map((line) => line.split(':')[0])).toEqual(['+ 0..9999', '+ 10000..12344']);
    message.setOpen(1, true);
    expect(drawn(message)[2]).toMatch(/^ {2}\+ 10000\.\.10099: 600 B 10000,/);
    message.setOpen(25, true);
    expect(drawn(message).at(-1)).toBe('      12344: 12344');
  });

  test('shows a long text in pieces', () => {
    const message = tree({ return: 'é'.repeat(100) });
    expect(message.line(0)).toMatchObject({ open: false });
    message.setOpen(0, true);
    expect(
      drawn(message)
        .slice(1)
        .map((line) => line.trim().length),
    ).toEqual([37, 36, 29]);
  });

  test('finds in what is closed, and goes on from the other end', () => {
    const many = Array.from({ length: 1000 }, (_, n) => ({ name: `Disk${n}` }));
    const message = tree({ return: many, id: 'disk' });
    const first = message.find('DISK777"', 0, 1)!;
    expect(message.line(first)).toMatchObject({ key: 'name', text: '"Disk777"' });
    const next = message.find('disk', first, 1)!;
    expect(message.line(next)?.text).toContain('Disk778');
    expect(message.line(message.find('disk', message.length - 1, 1)!)?.text).toContain('Disk0');
    expect(message.line(message.find('disk', 0, -1)!)?.key).toBe('id');
    expect(message.find('nowhere', 0, 1)).toBeUndefined();
  });

  test('finds a name', () => {
    const message = tree({ return: { status: 1 } });
    expect(message.line(message.find('status', 0, 1)!)).toMatchObject({ key: 'status' });
  });
});

describe('what is no JSON', () => {
  test('appears as text, escaped', () => {
    expect(drawn(new MessageTree(bytes('{"a": \u001b[31m\u202e} x'), false))).toEqual([
      '  {"a": \\u001b[31m\\u202e} x',
    ]);
    expect(drawn(new MessageTree(new Uint8Array([0xff]), false))).toEqual(['  \\xff']);
    expect(new MessageTree(bytes('')).length).toBe(0);
  });

  test('no bytes make it fail, and every line is safe', () => {
    const part = fc.constantFrom('{', '}', '[', ']', '"', "'", '\\', ':', ',', ' ', '1', 'a', '\u001b', 'é');
    fc.assert(
      fc.property(fc.array(part, { maxLength: 60 }), fc.string({ maxLength: 2 }), (parts, text) => {
        const message = new MessageTree(bytes(parts.join('')));
        for (let place = 0; place < message.length && place < 500; place++) message.setOpen(place, true);
        message.find(text, 0, 1);
        message.find(text, 0, -1);
        for (const line of drawn(message)) expect(line).not.toMatch(/[\u0000-\u001f]/);
      }),
      { numRuns: 200 },
    );
  });
});
