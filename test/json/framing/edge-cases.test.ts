import { describe, expect, test } from 'vitest';
import { unfinished } from '../../../src/json/framing/framer.js';
import { classicInput } from '../../../src/json/framing/profile.js';
import { frameProblem } from '../../../src/json/parse.js';
import { edgeCases } from '../../fixtures/edge-cases.js';
import { framesOf, fromLatin1 } from '../../support/frames.js';

describe('what QEMU makes of odd input', () => {
  test.each(edgeCases)('$name', ({ bytes, messages, replies, rest }) => {
    const frames = framesOf(classicInput, fromLatin1(bytes));
    const cut = rest === '' ? [] : [{ text: rest, problem: unfinished }];
    const expected = messages.map((text, i) => {
      const reply = replies[i] ?? '';
      return { text, problem: reply.startsWith('parse-error:') ? reply.slice(12) : undefined };
    });
    const told = frames.map(({ text, length, problem }) => {
      return { text, problem: problem ?? frameProblem(fromLatin1(text.slice(0, length))) };
    });
    expect(told).toEqual([...expected, ...cut]);
  });

  test('the names tell the rows apart', () => {
    const names = edgeCases.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBeGreaterThan(100);
  });
});
