/** The actions of the keymap, one row each. */
import { formatBytes } from '../../inspect/format.js';
import type { Action } from './keymap.js';
import { Page } from '../pages/page.js';
import { helpPage, pendingPage, sessionsPage } from '../pages/pages.js';
import type { Scene } from '../scene.js';
import type { MessageRef } from '../../recording/message.js';
import { StatisticsPage } from '../pages/statistics-page.js';
import { WhyPage } from '../pages/why-page.js';

/** `key`: the one that was pressed, for actions whose keys differ in meaning. */
type Handler = (scene: Scene, key: string) => void;

export const actions: Readonly<Record<Action, Handler>> = {
  down: ({ target }) => {
    target.move(1);
  },
  up: ({ target }) => {
    target.move(-1);
  },
  pageDown: ({ target }) => {
    target.page(1);
  },
  pageUp: ({ target }) => {
    target.page(-1);
  },
  first: ({ target }) => {
    target.home();
  },
  last: ({ target }) => {
    target.end();
  },
  goTo: (scene) => {
    const session = scene.view.focused?.session ?? [...scene.sessions.keys()][0] ?? 1;
    scene.prompt = scene.prompts.place(session, (index) => {
      scene.goTo(index, 'it');
    });
  },
  open: (scene) => {
    scene.open();
  },
  back: (scene) => {
    if (scene.page !== undefined) scene.page = undefined;
    else if (scene.panes.isOpen) scene.panes.close();
    else if (scene.view.seeking) scene.view.cancel();
    else if (!scene.selection.drop()) scene.notice = 'Q quits; the recording is not touched by that';
  },
  nextPane: ({ panes }) => {
    panes.turn();
  },
  toCommand: (scene) => {
    toOtherHalf(scene, 'command');
  },
  toResponse: (scene) => {
    toOtherHalf(scene, 'response');
  },
  filter: (scene) => {
    scene.page = undefined;
    scene.prompt = scene.prompts.filter(scene.selection, scene.sessions);
  },
  search: (scene) => {
    scene.prompt = scene.prompts.search(scene.panes);
  },
  next: (scene) => {
    toNextMatch(scene, 1);
  },
  previous: (scene) => {
    toNextMatch(scene, -1);
  },
  follow: (scene) => {
    scene.view.follow(true);
    if (!scene.live) scene.notice = 'this recording is finished: nothing new will come';
  },
  pause: (scene) => {
    scene.view.pause(!scene.view.paused);
    scene.poll();
  },
  fold: ({ panes }, key) => {
    panes.current.fold(key === 'right' ? true : key === 'left' ? false : undefined);
  },
  raw: ({ panes }) => {
    panes.current.turnMode();
  },
  time: (scene) => {
    scene.time = scene.time === 'relative' ? 'absolute' : 'relative';
  },
  mark: (scene) => {
    const { focused } = scene.view;
    if (focused !== undefined) scene.notice = scene.marks.toggle(focused);
  },
  note: (scene) => {
    const { focused } = scene.view;
    if (focused !== undefined) scene.prompt = scene.prompts.note(scene.marks, focused);
  },
  nextMark: (scene) => {
    const indexes = scene.marks
      .list()
      .flatMap(({ session, seq }) => scene.reader.message(session, seq)?.index ?? [])
      .sort((a, b) => a - b);
    const from = scene.view.focused?.index ?? 0;
    const next = indexes.find((index) => index > from) ?? indexes[0];
    if (next === undefined) scene.notice = 'nothing is marked; m marks, ; writes a note';
    else scene.goTo(next, 'the next mark');
  },
  copy: (scene) => {
    const { panes } = scene;
    const bytes = panes.active === 'list' ? trimmed(panes.focused()?.raw) : panes.current.bytes();
    const copied = bytes.length > 0 && scene.out.copy(bytes);
    const size = formatBytes(bytes.length);
    scene.notice = copied
      ? `${size} given to the terminal's clipboard`
      : `${size} cannot go to the clipboard; e exports`;
  },
  export: (scene) => {
    const { exportTo, exportEndings = [] } = scene.options;
    const { where } = scene.view;
    if (exportTo === undefined) scene.notice = 'there is no export here';
    else scene.prompt = scene.prompts.export(exportEndings, (path) => exportTo(path, where));
  },
  send: (scene) => {
    const { send } = scene.options;
    const open = [...scene.sessions.values()].filter(({ ended }) => scene.live && ended === undefined);
    const session = open.find(({ id }) => id === scene.view.focused?.session) ?? open.at(-1);
    if (send === undefined) scene.notice = 'sending is off; it needs --allow-send at the start';
    else if (session === undefined) scene.notice = 'no session is open: there is nobody to send to';
    else {
      const { id } = session;
      scene.prompt = scene.prompts.command(id, scene.sessions, (text) => send(id, text));
    }
  },
  pending: (scene) => {
    turn(scene, 'pending', (name) => {
      return new Page(name, () =>
        pendingPage(scene.pending(), scene.sessions, (item) => {
          showMessage(scene, item);
        }),
      );
    });
  },
  state: ({ state }) => {
    state.turn();
  },
  scrollState: (scene, key) => {
    if (scene.state.isOpen) scene.state.scroll(key === '>' ? 1 : -1);
    else scene.notice = 'v shows what was known of the VM; < and > scroll it';
  },
  why: (scene) => {
    turn(scene, 'why', () => {
      const open = (at: MessageRef): void => {
        showMessage(scene, at);
      };
      return new WhyPage(scene.reader, { live: scene.live, open });
    });
  },
  sessions: (scene) => {
    turn(scene, 'sessions', (name) => {
      return new Page(name, () =>
        sessionsPage([...scene.sessions.values()], scene.live, (session) => {
          scene.page = undefined;
          scene.selection.setSession(session);
        }),
      );
    });
  },
  statistics: (scene) => {
    turn(scene, 'statistics', () => new StatisticsPage(scene.reader, scene.view.where));
  },
  help: (scene) => {
    turn(
      scene,
      'help',
      (name) => new Page(name, (width) => helpPage(scene.options.send !== undefined, width)),
    );
  },
  quit: ({ out }) => {
    out.quit();
  },
};

/** Leaves the page for a message. */
function showMessage(scene: Scene, { session, seq }: MessageRef): void {
  scene.page = undefined;
  const message = scene.reader.message(session, seq);
  if (message !== undefined) scene.goTo(message.index, 'it');
}

/** Opens a page, or closes it if it is the one that is open. */
function turn(scene: Scene, name: string, make: (name: string) => Page): void {
  scene.page = scene.page?.name === name ? undefined : make(name);
}

function toOtherHalf(scene: Scene, wanted: 'command' | 'response'): void {
  const message = scene.panes.focused();
  const other = message && scene.panes.otherHalf(message);
  if (other !== undefined && (other.kind === 'command') === (wanted === 'command')) {
    scene.goTo(other.index, `its ${wanted}`);
  } else {
    const unanswered = message?.kind === 'command' && wanted === 'response';
    scene.notice = unanswered ? 'it has no response' : `there is no ${wanted} to go to`;
  }
}

function toNextMatch(scene: Scene, direction: 1 | -1): void {
  if (scene.panes.active !== 'list') scene.notice = scene.panes.search(direction);
  else if (!scene.selection.next(direction)) scene.notice = 'no filter yet; / asks for one';
}

/** Without the line's end. */
function trimmed(bytes: Uint8Array = new Uint8Array()): Uint8Array {
  let end = bytes.length;
  while (end > 0 && (bytes[end - 1] === 0x0a || bytes[end - 1] === 0x0d)) end--;
  return bytes.subarray(0, end);
}
