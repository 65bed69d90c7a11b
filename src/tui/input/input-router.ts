/**
 * Routes keys and clicks to the prompt, the page or the pane. `app.ts` passes them in, and draws `state`.
 */
import { actions } from './actions.js';
import { type FrameState, paneAt } from '../screen/frame.js';
import { actionOf } from './keymap.js';
import { Scene, type SceneOptions, type SceneOutput } from '../scene.js';
import type { Click } from '../screen/terminal.js';

/** Lines that the mouse's wheel moves. */
const wheelStep = 3;

export class InputRouter {
  readonly #scene: Scene;

  /** @throws UsageError if the filter does not parse */
  constructor(options: SceneOptions, out: SceneOutput) {
    this.#scene = new Scene(options, out);
  }

  /** The recording is still being written, as far as is known. */
  get live(): boolean {
    return this.#scene.live;
  }

  /** What is to be drawn, on a screen of that size. */
  state(width: number, height: number): FrameState {
    const scene = this.#scene;
    scene.settle();
    if (scene.view.searchFailed && scene.notice === '') scene.notice = 'no further match';
    const { view, panes, page, prompt, notice, time, live, sessions, selection, marks, state } = scene;
    return {
      width,
      height,
      info: scene.reader.info,
      view,
      panes,
      page,
      prompt,
      notice,
      time,
      live,
      sessions,
      only: selection.session,
      filter: selection.filter,
      pending: scene.pending(),
      marks,
      state,
    };
  }

  /** Shows a line until the next key. */
  say(notice: string): void {
    this.#scene.say(notice);
  }

  /** Looks for what is new. True: there is something. */
  poll(): boolean {
    return this.#scene.poll();
  }

  /** Does a short step of longer work. False: nothing is left to do. */
  work(): boolean {
    return this.#scene.work();
  }

  /** `name`: as `keyName` gives it; `character`: what it types, if it types something. */
  key(name: string, character: string | undefined): void {
    const scene = this.#scene;
    scene.notice = '';
    if (scene.prompt !== undefined) {
      if (scene.prompt.key(name, character)) scene.prompt = undefined;
      return;
    }
    const { active } = scene.panes;
    const place = scene.page !== undefined ? 'page' : active === 'list' ? 'list' : 'detail';
    const action = actionOf(name, place);
    scene.settle();
    if (action !== undefined) actions[action](scene, name);
  }

  /** On a screen of that size. */
  click({ action, row, column }: Click, width: number, height: number): void {
    const scene = this.#scene;
    const place = scene.prompt === undefined ? paneAt(this.state(width, height), row, column) : undefined;
    if (place === undefined) return;
    scene.notice = '';
    const target = scene.page ?? scene.pane(place.pane);
    if (action !== 'click') {
      target.move(action === 'wheelUp' ? -wheelStep : wheelStep);
      return;
    }
    const focused = scene.view.focused?.index;
    const again = scene.panes.active === 'list' && place.pane === 'list';
    if (scene.page === undefined) scene.panes.active = place.pane;
    target.focusVisible(place.row);
    // A click on what has the focus already opens it, as Enter does.
    if (scene.page !== undefined || (again && scene.view.focused?.index === focused)) scene.open();
  }
}
