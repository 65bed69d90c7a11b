import { describe, expect, test } from 'vitest';
import { UsageError } from '../../../src/errors.js';
import { Prompt, type PromptOptions } from '../../../src/tui/input/prompt.js';
import { textOf } from '../../support/scene.js';

interface Typed {
  readonly prompt: Prompt;
  readonly told: string[];
}

/** A prompt that refuses `!`, and what it tells. */
function typed(text: string, options: Partial<PromptOptions> = {}): Typed {
  const told: string[] = [];
  const prompt = new Prompt({
    label: 'go: ',
    changed: (now) => {
      const column = now.indexOf('!');
      told.push(`changed ${now}`);
      if (column >= 0)
        throw new UsageError(
          { subject: 'filter', reason: 'no !', remedy: 'leave it out' },
          { text: now, column },
        );
    },
    done: (now) => told.push(`done ${now}`),
    cancelled: () => told.push('cancelled'),
    ...options,
  });
  for (const character of text) prompt.key(character, character);
  return { prompt, told };
}

const drawn = (prompt: Prompt, width = 40): string[] => prompt.draw(width).lines.map(textOf);

describe('Prompt', () => {
  test('tells each change, and the text at Enter', () => {
    const { prompt, told } = typed('ab');
    prompt.key('backspace', undefined);
    expect(prompt.key('enter', undefined)).toBe(true);
    expect(told).toEqual(['changed a', 'changed ab', 'changed a', 'changed a', 'done a']);
  });

  test('what is wrong stands under its character, and Enter waits', () => {
    const { prompt, told } = typed('ab!');
    expect(drawn(prompt)).toEqual(['      ^ no !; leave it out', 'go: ab!']);
    expect(prompt.key('enter', undefined)).toBe(false);
    expect(told.some((one) => one.startsWith('done'))).toBe(false);
    prompt.key('backspace', undefined);
    expect(drawn(prompt)[0]).toBe('');
  });

  test('the reason stands to the left where there is no room to the right', () => {
    expect(drawn(typed('abcdefghijklmnopqrstuvwxyz!').prompt, 34)[0]).toBe(
      `${' '.repeat(11)}no !; leave it out ^`,
    );
  });

  test.each(['escape', 'C-c', 'C-g'])('%s gives up', (key) => {
    const { prompt, told } = typed('a');
    expect(prompt.key(key, undefined)).toBe(true);
    expect(told.at(-1)).toBe('cancelled');
  });

  test("an error that is not the user's is not swallowed", () => {
    const { prompt } = typed('', { changed: () => { throw new Error('ours'); } }); // prettier-ignore
    expect(() => prompt.key('a', 'a')).toThrow('ours');
  });

  test('Tab completes as far as all agree, and lists them', () => {
    const complete: PromptOptions['complete'] = (text) => ({
      from: 0,
      to: text.length,
      items: ['query-block', 'query-jobs']
        .filter((one) => one.startsWith(text))
        .map((one) => ({ text: one, help: 'help' })),
    });
    const { prompt } = typed('q', { complete });
    prompt.key('tab', undefined);
    expect([prompt.text, drawn(prompt)[0]]).toEqual(['query-', 'query-block  query-jobs']);
    prompt.key('j', 'j');
    prompt.key('tab', undefined);
    expect([prompt.text, drawn(prompt)[0]]).toEqual(['query-jobs', 'query-jobs  help']);
  });

  test('a long text is shown around the cursor', () => {
    const { prompt } = typed('0123456789');
    expect(prompt.draw(8)).toMatchObject({ column: 7 });
    expect(drawn(prompt, 8)[1]).toBe('3456789');
    prompt.key('home', undefined);
    expect([drawn(prompt, 8)[1], prompt.draw(8).column]).toEqual(['go: 012…', 4]);
  });
});
