import { describe, expect, test } from 'vitest';
import { exchange, played } from '../support/conversation.js';
import { sceneOf } from '../support/scene.js';

const reader = played([...exchange('stop'), ...exchange('cont')]);

describe('Scene', () => {
  test('the keys move the page, or else the pane that has them', () => {
    const { scene } = sceneOf(reader);
    expect(scene.target).toBe(scene.view);
    scene.open();
    expect(scene.panes.isOpen).toBe(true);
    expect(scene.target).toBe(scene.panes.detail);
    expect(scene.pane('other')).toBe(scene.panes.other);
  });

  test('goes to a message, or says that the filter hides it', () => {
    const { scene } = sceneOf(reader, { filter: 'cmd:cont' });
    scene.settle();
    scene.goTo(4, 'its response');
    expect([scene.view.focused?.index, scene.notice]).toEqual([4, '']);
    scene.goTo(1, 'its command');
    expect([scene.view.focused?.index, scene.notice]).toEqual([
      4,
      'its command is hidden by the filter; Esc drops it',
    ]);
  });

  test('a filter that does not parse is refused at the start', () => {
    expect(() => sceneOf(reader, { filter: 'cmd:(' })).toThrow('filter');
  });

  test('looks for what is new: messages, and commands that wait', () => {
    const growing = played({ lines: exchange('stop').slice(0, 1), end: undefined });
    const { scene } = sceneOf(growing);
    expect(scene.pending()).toMatchObject([{ name: 'stop', session: 1, seq: 1 }]);
    expect(scene.poll()).toBe(false);
    const [first] = growing.messages();
    growing.add({ ...first!, seq: 2 });
    expect(scene.poll()).toBe(true);
    expect(scene.pending()).toHaveLength(2);
  });

  test('what is said at any time is shown', () => {
    const { scene, asked } = sceneOf(reader, { notice: 'hello' });
    expect(scene.notice).toBe('hello');
    scene.say('something');
    expect([scene.notice, asked]).toEqual(['something', ['changed']]);
  });
});
