import { beforeEach, describe, expect, test } from 'vitest';
import { InputRouter } from '../../../src/tui/input/input-router.js';
import type { FrameState } from '../../../src/tui/screen/frame.js';
import { exchange, played } from '../../support/conversation.js';

const reader = played(Array.from({ length: 20 }, () => exchange('stop')).flat());
const out = { copy: () => true, quit: () => undefined, changed: () => undefined };
let router: InputRouter;

beforeEach(() => {
  router = new InputRouter({ reader }, out);
  state();
});

const state = (): FrameState => {
  const now = router.state(80, 14);
  now.view.setHeight(10);
  return now;
};
function type(...keys: string[]): FrameState {
  for (const key of keys) router.key(key, key.length === 1 ? key : undefined);
  return state();
}
const click = (row: number, action: 'click' | 'wheelUp' | 'wheelDown' = 'click'): FrameState => {
  router.click({ action, row, column: 5 }, 80, 14);
  return state();
};

describe('InputRouter', () => {
  test('a key does what it is bound to in its place', () => {
    expect(type('j', 'j').view.focused?.index).toBe(3);
    expect(type('enter').panes.isOpen).toBe(true);
    expect(type('z').panes.active).toBe('detail');
    expect(type('s', 'j').page?.name).toBe('sessions');
    expect(type('unbound').page?.name).toBe('sessions');
  });

  test('a prompt takes all keys until it is over', () => {
    type('/', 'j', 'k');
    expect(state().prompt?.text).toBe('jk');
    expect(type('enter')).toMatchObject({ prompt: undefined, filter: 'jk' });
  });

  test('a notice stands until the next key', () => {
    router.say('hello');
    expect(state().notice).toBe('hello');
    expect(type('j').notice).toBe('');
    expect(type('n').notice).toBe('no filter yet; / asks for one');
  });

  test('a click moves the focus, a second one opens, and the wheel goes on by three', () => {
    expect(click(6).view.focused?.index).toBe(5);
    expect(state().panes.isOpen).toBe(false);
    expect(click(6).panes.isOpen).toBe(true);
    type('escape');
    expect(click(6, 'wheelDown').view.focused?.index).toBe(8);
    expect(click(6, 'wheelUp').view.focused?.index).toBe(5);
  });

  test('a click beside what can be clicked does nothing', () => {
    router.say('hello');
    expect(click(0)).toMatchObject({ notice: 'hello' });
    expect(click(13).view.focused?.index).toBe(1);
    type('/');
    expect(click(6).view.focused?.index).toBe(1);
  });

  test('a click on a page opens its entry', () => {
    type('s');
    expect(click(4)).toMatchObject({ page: undefined, only: 1 });
  });

  test('what is searched for and not found is said', () => {
    type('/');
    type('n', 'o');
    type('enter', 'escape');
    expect(type('n').notice).toMatch(/no further match|no filter yet/);
  });
});
