import { beforeEach, describe, expect, test } from 'vitest';
import type { Prompt } from '../../../src/tui/input/prompt.js';
import { exchange, played } from '../../support/conversation.js';
import { sceneOf, type TestScene, textOf } from '../../support/scene.js';

const reader = played([
  ...exchange('stop', { note: 'needle' }),
  ...exchange('cont'),
  ['<-', { event: 'STOP' }],
]);
let scene: TestScene['scene'];

beforeEach(() => {
  ({ scene } = sceneOf(reader));
});

function type(prompt: Prompt, text: string, ...keys: string[]): void {
  for (const character of text) prompt.key(character, character);
  for (const key of keys) prompt.key(key, undefined);
}
const label = (prompt: Prompt): string => textOf(prompt.draw(200).lines[1]);

describe('Prompts', () => {
  test('the filter holds while it is typed; Esc takes it back, Enter remembers it', () => {
    const ask = (): Prompt => scene.prompts.filter(scene.selection, scene.sessions);
    type(ask(), 'cmd:stop');
    expect(scene.selection.filter).toBe('cmd:stop');
    type(ask(), ' not', 'escape');
    expect(scene.selection.filter).toBe('cmd:stop');
    type(ask(), '', 'enter');
    type(ask(), '', 'C-u', 'enter');
    expect(scene.selection.filter).toBe('');
    type(ask(), '', 'up');
    expect(scene.selection.filter).toBe('cmd:stop');
  });

  test('the filter is completed with the names of the recording', () => {
    const prompt = scene.prompts.filter(scene.selection, scene.sessions);
    type(prompt, 'cmd:co', 'tab');
    expect(prompt.text).toBe('cmd:cont');
  });

  test('a search looks in the opened message', () => {
    scene.open();
    scene.settle();
    type(scene.prompts.search(scene.panes), 'needle', 'enter');
    expect(scene.notice).toBe('');
    type(scene.prompts.search(scene.panes), 'hay', 'enter');
    expect(scene.notice).toBe('not in this message: hay');
  });

  test('a note begins with what is there', () => {
    const row = scene.view.focused!;
    const keep = {
      marks: () => [{ session: 1, seq: 1, note: 'old' }],
      put: () => undefined,
      remove: () => undefined,
    };
    const marked = sceneOf(reader, { marks: keep }).scene;
    const prompt = marked.prompts.note(marked.marks, row);
    expect(label(prompt)).toBe('note on #1/1: old');
    type(prompt, 'er', 'enter');
    expect(marked.marks.noteOf(row)).toBe('older');
  });

  test('an export says what it does, and why it failed', async () => {
    const ask = (write: (path: string) => Promise<number>): Prompt =>
      scene.prompts.export(['.txt', '.html'], write);
    expect(label(ask(() => Promise.resolve(0)))).toBe('export what is shown to (.txt .html):');
    type(
      ask((path) => Promise.resolve(path.length)),
      ' a.txt ',
      'enter',
    );
    expect(scene.notice).toBe('exporting…');
    await expect.poll(() => scene.notice).toBe('5 messages written to a.txt');
    type(
      ask(() => Promise.reject(new Error('a.txt: exists already'))),
      'a.txt',
      'enter',
    );
    await expect.poll(() => scene.notice).toBe('a.txt: exists already');
    type(
      ask(() => Promise.reject(new Error('not called'))),
      '  ',
      'enter',
    );
    expect(scene.notice).toBe('a.txt: exists already');
  });

  test('a command is completed and sent, and the last ones can be had again', async () => {
    const sent: string[] = [];
    const ask = (trouble?: string): Prompt =>
      scene.prompts.command(1, scene.sessions, (text) => {
        sent.push(text);
        return Promise.resolve(trouble);
      });
    type(ask(), 'st', 'tab', 'enter');
    await expect.poll(() => scene.notice).toBe('sent');
    type(ask('the session is over'), '', 'up', 'enter');
    await expect.poll(() => scene.notice).toBe('the session is over');
    type(ask(), ' ', 'enter');
    expect(sent).toEqual(['stop', 'stop']);
  });
});
