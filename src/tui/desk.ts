/**
 * What is on the screen and what the keys do to it: the list, an opened message, a page over both, a
 * prompt. Knows no terminal; `app.ts` gives it keys and time, and draws what `state` says.
 */
import { formatBytes } from '../inspect/format.js';
import { MessageView } from '../inspect/view.js';
import type { Condition } from '../recording/condition.js';
import type { MarkKeeper } from '../recording/marks.js';
import type { RecordingReader } from '../recording/ports.js';
import type { Session } from '../recording/session.js';
import type { TimeStyle } from './clock.js';
import type { DetailPane } from './detail-pane.js';
import { type FrameState, paneAt } from './frame.js';
import { type Action, actionOf } from './keymap.js';
import { MarkList } from './mark-list.js';
import { MessagePanes } from './message-panes.js';
import { Page } from './page.js';
import { helpPage, pendingPage, sessionsPage } from './pages.js';
import { Pending } from './pending.js';
import type { Prompt } from './prompt.js';
import { Prompts } from './prompts.js';
import { Selection } from './selection.js';
import { StatisticsPage } from './statistics-page.js';
import type { Click } from './terminal.js';

export interface DeskOptions {
  readonly reader: RecordingReader;
  /** The filter to begin with. */
  readonly filter?: string | undefined;
  /** Said until the first key. */
  readonly notice?: string | undefined;
  /** Absent: marks cannot be kept. */
  readonly marks?: MarkKeeper | undefined;
  /** Writes the messages that match to a file, and gives how many there were. */
  readonly exportTo?: ((path: string, where: Condition) => Promise<number>) | undefined;
  /** Sends a command into a live session; gives what there is to say about it. */
  readonly send?: ((session: number, text: string) => Promise<string | undefined>) | undefined;
}

/** What the desk asks of its surroundings. */
export interface DeskOutput {
  /** False: it is too much. */
  copy(bytes: Uint8Array): boolean;
  quit(): void;
  /** Something changed that no key has caused. */
  changed(): void;
}

/** How often sessions are looked at that say nothing, in milliseconds. */
const refreshInterval = 500;

export class Desk {
  readonly #options: DeskOptions;
  readonly #reader: RecordingReader;
  readonly #out: DeskOutput;
  readonly #view: MessageView;
  readonly #selection: Selection;
  readonly #panes: MessagePanes;
  readonly #pending: Pending;
  readonly #marks: MarkList;
  readonly #prompts: Prompts;
  #page: Page | undefined;
  #prompt: Prompt | undefined;
  #notice = '';
  #time: TimeStyle = 'relative';
  #sessions: ReadonlyMap<number, Session> = new Map();
  #live: boolean;
  #refreshed = 0;

  /** @throws UsageError if the filter does not parse */
  constructor(options: DeskOptions, out: DeskOutput) {
    const { reader } = options;
    this.#options = options;
    this.#reader = reader;
    this.#out = out;
    this.#live = reader.info.live;
    this.#view = new MessageView(reader, { height: 1, now: () => performance.now() });
    this.#selection = new Selection(this.#view);
    this.#panes = new MessagePanes(reader, this.#view);
    this.#pending = new Pending(reader);
    this.#marks = new MarkList(options.marks);
    this.#prompts = new Prompts(reader, (notice) => {
      this.say(notice);
    });
    this.#notice = options.notice ?? '';
    if (options.filter !== undefined) this.#selection.setFilter(options.filter);
    this.#refresh();
  }

  /** The recording is still being written, as far as is known. */
  get live(): boolean {
    return this.#live;
  }

  state(width: number, height: number): FrameState {
    this.#settle();
    if (this.#view.searchFailed && this.#notice === '') this.#notice = 'no further match';
    return {
      width,
      height,
      info: this.#reader.info,
      view: this.#view,
      panes: this.#panes,
      page: this.#page,
      prompt: this.#prompt,
      notice: this.#notice,
      time: this.#time,
      live: this.#live,
      sessions: this.#sessions,
      only: this.#selection.session,
      filter: this.#selection.filter,
      pending: this.#pending.list(this.#sessions, this.#live),
      marks: this.#marks,
    };
  }

  /** Shows a line until the next key. */
  say(notice: string): void {
    this.#notice = notice;
    this.#out.changed();
  }

  /** Looks for what is new. True: there is something. */
  poll(): boolean {
    const { live } = this.#reader.info;
    // Asked before the messages, so that what came last is seen although the recording has ended.
    const ended = live !== this.#live;
    const changed = this.#view.poll();
    this.#live = live;
    // A session may end without a message.
    const due = performance.now() - this.#refreshed > refreshInterval;
    if ((changed || ended || due) && !this.#view.paused) this.#refresh();
    return changed || ended;
  }

  /** Goes on for a short step with what takes longer. False: there is nothing left to do. */
  work(): boolean {
    const page = this.#page;
    return this.#view.work() || (page instanceof StatisticsPage && page.work()) || this.#pending.work();
  }

  key(name: string, character: string | undefined): void {
    this.#notice = '';
    const { active } = this.#panes;
    if (this.#prompt !== undefined) {
      if (this.#prompt.key(name, character)) this.#prompt = undefined;
      return;
    }
    const place = this.#page !== undefined ? 'page' : active === 'list' ? 'list' : 'detail';
    const action = actionOf(name, place);
    this.#settle();
    if (action !== undefined) this.#act(action, name);
  }

  click({ action, row, column }: Click, width: number, height: number): void {
    const place = this.#prompt === undefined ? paneAt(this.state(width, height), row, column) : undefined;
    if (place === undefined) return;
    this.#notice = '';
    if (this.#page === undefined) {
      const again = this.#panes.active === place.pane;
      if (action === 'click') this.#panes.active = place.pane;
      const target = this.#pane(place.pane);
      if (action !== 'click') {
        target.move(action === 'wheelUp' ? -3 : 3);
        return;
      }
      const before = this.#view.focused?.index;
      target.focusVisible(place.row);
      // A click on what has the focus already opens it, as Enter does.
      if (again && place.pane === 'list' && this.#view.focused?.index === before) this.#open();
    } else if (action === 'click') {
      this.#page.focusVisible(place.row);
      this.#page.open();
    } else {
      this.#page.move(action === 'wheelUp' ? -3 : 3);
    }
  }

  #act(action: Action, key: string): void {
    const panes = this.#panes;
    const target = this.#page ?? this.#pane(panes.active);
    switch (action) {
      case 'down':
      case 'up':
        target.move(action === 'down' ? 1 : -1);
        break;
      case 'pageDown':
      case 'pageUp':
        target.page(action === 'pageDown' ? 1 : -1);
        break;
      case 'first':
        target.home();
        break;
      case 'last':
        target.end();
        break;
      case 'open':
        this.#open();
        break;
      case 'back':
        this.#back();
        break;
      case 'nextPane':
        panes.turn();
        break;
      case 'toCommand':
        this.#toOtherHalf('command');
        break;
      case 'toResponse':
        this.#toOtherHalf('response');
        break;
      case 'filter':
        this.#page = undefined;
        this.#prompt = this.#prompts.filter(this.#selection, this.#sessions);
        break;
      case 'search':
        this.#prompt = this.#prompts.search(panes);
        break;
      case 'next':
      case 'previous':
        this.#next(action === 'next' ? 1 : -1);
        break;
      case 'follow':
        this.#view.follow(true);
        if (!this.#live) this.#notice = 'this recording is finished: nothing new will come';
        break;
      case 'pause':
        this.#view.pause(!this.#view.paused);
        this.poll();
        break;
      case 'fold':
        panes.current.fold(key === 'right' ? true : key === 'left' ? false : undefined);
        break;
      case 'raw':
        panes.current.turnMode();
        break;
      case 'time':
        this.#time = this.#time === 'relative' ? 'absolute' : 'relative';
        break;
      case 'mark':
        if (this.#view.focused !== undefined) this.#notice = this.#marks.toggle(this.#view.focused);
        break;
      case 'note':
        if (this.#view.focused !== undefined)
          this.#prompt = this.#prompts.note(this.#marks, this.#view.focused);
        break;
      case 'nextMark':
        this.#nextMark();
        break;
      case 'copy':
        this.#copy();
        break;
      case 'export':
        this.#export();
        break;
      case 'send':
        this.#send();
        break;
      case 'pending':
      case 'sessions':
      case 'statistics':
      case 'help':
        this.#page = this.#page?.name === action ? undefined : this.#newPage(action);
        break;
      case 'quit':
        this.#out.quit();
        break;
    }
  }

  #pane(name: 'list' | 'detail' | 'other'): MessageView | DetailPane {
    return name === 'list' ? this.#view : this.#panes[name];
  }

  #open(): void {
    if (this.#page !== undefined) this.#page.open();
    else if (this.#panes.active !== 'list') this.#panes.current.fold();
    else if (this.#view.focused !== undefined) this.#panes.open();
  }

  #back(): void {
    if (this.#page !== undefined) this.#page = undefined;
    else if (this.#panes.isOpen) this.#panes.close();
    else if (this.#view.seeking) this.#view.cancel();
    else if (!this.#selection.drop()) this.#notice = 'Q quits; the recording is not touched by that';
  }

  #toOtherHalf(wanted: 'command' | 'response'): void {
    const message = this.#panes.focused();
    const other = message && this.#panes.otherHalf(message);
    if (other !== undefined && (other.kind === 'command') === (wanted === 'command')) {
      this.#goTo(other.index, `its ${wanted}`);
    } else {
      const unanswered = message?.kind === 'command' && wanted === 'response';
      this.#notice = unanswered ? 'it has no response' : `there is no ${wanted} to go to`;
    }
  }

  /** Puts the focus on a message, unless the filter hides it. */
  #goTo(index: number, what: string): void {
    const range = { where: this.#view.where, after: index - 1, before: index + 1, limit: 1 };
    if ([...this.#reader.messages(range)].length > 0) this.#view.focusOn(index);
    else this.#notice = `${what} is hidden by the filter; Esc drops it`;
  }

  #next(direction: 1 | -1): void {
    if (this.#panes.active !== 'list') this.#notice = this.#panes.search(direction);
    else if (!this.#selection.next(direction)) this.#notice = 'no filter yet; / asks for one';
  }

  #nextMark(): void {
    const indexes = this.#marks
      .list()
      .flatMap(({ session, seq }) => this.#reader.message(session, seq)?.index ?? [])
      .sort((a, b) => a - b);
    const from = this.#view.focused?.index ?? 0;
    const next = indexes.find((index) => index > from) ?? indexes[0];
    if (next === undefined) this.#notice = 'nothing is marked; m marks, ; writes a note';
    else this.#goTo(next, 'the next mark');
  }

  #copy(): void {
    const inList = this.#panes.active === 'list';
    const bytes = inList ? trimmed(this.#panes.focused()?.raw) : this.#panes.current.bytes();
    const copied = bytes.length > 0 && this.#out.copy(bytes);
    const size = formatBytes(bytes.length);
    this.#notice = copied
      ? `${size} given to the terminal's clipboard`
      : `${size} cannot go to the clipboard; e exports`;
  }

  #export(): void {
    const { exportTo } = this.#options;
    const { where } = this.#view;
    if (exportTo === undefined) this.#notice = 'there is no export here';
    else this.#prompt = this.#prompts.export((path) => exportTo(path, where));
  }

  #send(): void {
    const { send } = this.#options;
    const live = [...this.#sessions.values()].filter((session) => this.#live && session.ended === undefined);
    const session = live.find(({ id }) => id === this.#view.focused?.session) ?? live.at(-1);
    if (send === undefined) this.#notice = 'sending is off; it needs --allow-send at the start';
    else if (session === undefined) this.#notice = 'no session is open: there is nobody to send to';
    else this.#prompt = this.#prompts.command(session.id, this.#sessions, (text) => send(session.id, text));
  }

  #newPage(name: 'pending' | 'sessions' | 'statistics' | 'help'): Page {
    switch (name) {
      case 'help':
        return new Page(name, () => helpPage(this.#options.send !== undefined));
      case 'statistics':
        return new StatisticsPage(this.#reader, this.#view.where);
      case 'sessions':
        return new Page(name, () => {
          return sessionsPage([...this.#sessions.values()], this.#live, (session) => {
            this.#page = undefined;
            this.#selection.setSession(session);
          });
        });
      case 'pending':
        return new Page(name, () => {
          const items = this.#pending.list(this.#sessions, this.#live);
          return pendingPage(items, this.#sessions, ({ session, seq }) => {
            this.#page = undefined;
            const message = this.#reader.message(session, seq);
            if (message !== undefined) this.#goTo(message.index, 'it');
          });
        });
    }
  }

  /** Many keys may come between two screens, and each counts on what the one before it did. */
  #settle(): void {
    this.#selection.apply();
    this.#panes.refresh();
  }

  #refresh(): void {
    this.#refreshed = performance.now();
    this.#sessions = new Map(this.#reader.sessions().map((session) => [session.id, session]));
    this.#pending.refresh();
  }
}

/** Without the line's end. */
function trimmed(bytes: Uint8Array = new Uint8Array()): Uint8Array {
  let end = bytes.length;
  while (end > 0 && (bytes[end - 1] === 0x0a || bytes[end - 1] === 0x0d)) end--;
  return bytes.subarray(0, end);
}
