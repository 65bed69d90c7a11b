import { beforeEach, describe, expect, test } from 'vitest';
import type { Action } from '../../../src/tui/input/keymap.js';
import { actions } from '../../../src/tui/input/actions.js';
import { exchange, played } from '../../support/conversation.js';
import { sceneOf, type TestScene } from '../../support/scene.js';

const reader = played(
  [...exchange('stop'), ...exchange('cont'), ['->', { execute: 'quit' }]],
  exchange('stop'),
);
let made: TestScene;

beforeEach(() => {
  made = sceneOf(reader);
});

/** Does actions one after the other, as keys would; gives the notice of the last. */
function act(...names: Action[]): string {
  const { scene } = made;
  for (const name of names) {
    scene.notice = '';
    scene.settle();
    actions[name](scene, name);
  }
  scene.settle();
  while (scene.work());
  return scene.notice;
}
const index = (): number | undefined => made.scene.view.focused?.index;

describe('actions', () => {
  test('move through the list', () => {
    act('last');
    expect(index()).toBe(7);
    act('up', 'up', 'down');
    expect(index()).toBe(6);
    act('first');
    expect(index()).toBe(1);
    act('pageDown');
    expect(index()).toBe(7);
    act('pageUp');
    expect(index()).toBe(1);
  });

  test('go to a number or a time', () => {
    const ask = (text: string): void => {
      act('goTo');
      const { prompt } = made.scene;
      for (const character of text) prompt?.key(character, character);
      prompt?.key('enter', undefined);
    };
    ask('#4');
    made.scene.settle();
    expect(index()).toBe(4);
    ask('2/1');
    made.scene.settle();
    expect(index()).toBe(6);
    ask('77');
    expect(made.scene.notice).toBe('session 2 has no message 77');
  });

  test('back closes the page, then the message, then drops the filter, and quits nothing', () => {
    made.scene.selection.setFilter('cmd:stop');
    act('open', 'help', 'back');
    expect([made.scene.page, made.scene.panes.isOpen]).toEqual([undefined, true]);
    act('back');
    expect([made.scene.panes.isOpen, made.scene.selection.filter]).toEqual([false, 'cmd:stop']);
    act('back');
    expect(made.scene.selection.filter).toBe('');
    expect(act('back')).toContain('Q quits');
    expect(made.asked).toEqual([]);
    act('quit');
    expect(made.asked).toEqual(['quit']);
  });

  test('go to the other half of an exchange, or say that there is none', () => {
    act('toResponse');
    expect(index()).toBe(2);
    act('toCommand');
    expect(index()).toBe(1);
    expect(act('toCommand')).toBe('there is no command to go to');
    made.scene.view.focusOn(5);
    expect(act('toResponse')).toBe('it has no response');
    made.scene.selection.setFilter('kind:command');
    made.scene.view.focusOn(1);
    expect(act('first', 'toResponse')).toBe('its response is hidden by the filter; Esc drops it');
  });

  test('go through the matches of the filter', () => {
    expect(act('next')).toBe('no filter yet; / asks for one');
    made.scene.selection.setFilter('kind:command');
    act('next', 'next', 'previous');
    expect(index()).toBe(3);
  });

  test('a page opens, and the same key closes it', () => {
    for (const name of ['pending', 'sessions', 'statistics', 'help'] as const) {
      act(name);
      expect(made.scene.page?.name).toBe(name);
      act(name);
      expect(made.scene.page).toBeUndefined();
    }
  });

  test('a session that is chosen is shown alone', () => {
    act('sessions', 'last', 'open');
    expect([made.scene.page, made.scene.selection.session]).toEqual([undefined, 2]);
    expect(made.scene.view.visible().rows.map(({ session }) => session)).toEqual([2, 2]);
  });

  test('a command that waits is gone to', () => {
    act('pending', 'open');
    expect(index()).toBe(5);
  });

  test('a mark is set, gone to and taken off', () => {
    const keep = { marks: () => [], put: () => undefined, remove: () => undefined };
    made = sceneOf(reader, { marks: keep });
    expect(act('nextMark')).toContain('nothing is marked');
    expect(act('down', 'mark')).toBe('marked');
    act('last', 'mark', 'nextMark');
    expect(index()).toBe(2);
    act('nextMark');
    expect(index()).toBe(7);
    expect(act('mark')).toBe('mark taken off');
  });

  test('copy: the message without its line end, or what has the focus in it', () => {
    expect(act('copy')).toContain("given to the terminal's clipboard");
    expect(made.asked.pop()).toBe('copy {"execute":"stop"}');
    act('open', 'copy');
    expect(made.asked.pop()).toBe('copy "stop"');
  });

  test('time, pane, fold and raw bytes', () => {
    act('time', 'open');
    expect(made.scene.time).toBe('absolute');
    act('nextPane');
    expect(made.scene.panes.active).toBe('other');
    act('raw', 'copy');
    expect(made.asked.pop()).toBe('copy {"return":{}}\r\n');
  });

  test('what is not there is said', () => {
    expect(act('export')).toBe('there is no export here');
    expect(act('send')).toContain('--allow-send');
    expect(act('follow')).toContain('nothing new will come');
    made = sceneOf(reader, { send: () => Promise.resolve(undefined) });
    expect(act('send')).toContain('no session is open');
  });

  test('prompts', () => {
    made = sceneOf(reader, { exportTo: () => Promise.resolve(0) });
    for (const name of ['filter', 'search', 'note', 'export'] as const) {
      made.scene.prompt = undefined;
      act(name);
      expect(made.scene.prompt).toBeDefined();
    }
  });
});
