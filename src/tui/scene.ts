/**
 * What is on the screen: the list, an opened message, a page over both, a prompt, a line of notice, and what is
 * known of the recording that they show.
 */
import { MessageView } from '../inspect/view/view.js';
import type { Condition } from '../recording/condition.js';
import type { MarkKeeper } from '../recording/marks.js';
import type { RecordingReader } from '../recording/ports.js';
import type { Session } from '../recording/session.js';
import type { TimeStyle } from './clock.js';
import type { DetailPane } from './panes/detail-pane.js';
import { MarkList } from './panes/mark-list.js';
import { MessagePanes, type PaneName } from './panes/message-panes.js';
import { StatePane } from './panes/state-pane.js';
import type { Page } from './pages/page.js';
import { Pending, type PendingItem } from './pages/pending.js';
import type { Prompt } from './input/prompt.js';
import { Prompts } from './input/prompts.js';
import { Selection } from './selection.js';

export interface SceneOptions {
  readonly reader: RecordingReader;
  /** The filter to begin with. */
  readonly filter?: string | undefined;
  /** Said until the first key. */
  readonly notice?: string | undefined;
  /** Absent: marks cannot be kept. */
  readonly marks?: MarkKeeper | undefined;
  /** How the names that `exportTo` takes can end. */
  readonly exportEndings?: readonly string[] | undefined;
  /** Writes the messages that match to a file, and gives how many there were. */
  readonly exportTo?: ((path: string, where: Condition) => Promise<number>) | undefined;
  /** Sends a command into a live session; gives what there is to say about it. */
  readonly send?: ((session: number, text: string) => Promise<string | undefined>) | undefined;
}

/** What the scene asks of its surroundings. */
export interface SceneOutput {
  /** False: there are too many bytes. */
  copy(bytes: Uint8Array): boolean;
  quit(): void;
  /** Something changed that no key has caused. */
  changed(): void;
}

/** How often sessions without traffic are polled, in milliseconds. */
const refreshInterval = 500;

export class Scene {
  readonly options: SceneOptions;
  readonly out: SceneOutput;
  readonly reader: RecordingReader;
  readonly view: MessageView;
  readonly selection: Selection;
  readonly panes: MessagePanes;
  readonly state: StatePane;
  readonly marks: MarkList;
  readonly prompts: Prompts;
  readonly #pending: Pending;
  /** Lies over the list and takes the keys, as the prompt does from both. */
  page: Page | undefined;
  prompt: Prompt | undefined;
  /** One line, until the next key. */
  notice: string;
  time: TimeStyle = 'relative';
  sessions: ReadonlyMap<number, Session> = new Map();
  /** The recording is still being written, as far as is known. */
  live: boolean;
  #refreshed = 0;

  /** @throws UsageError if the filter does not parse */
  constructor(options: SceneOptions, out: SceneOutput) {
    const { reader } = options;
    this.options = options;
    this.out = out;
    this.reader = reader;
    this.live = reader.info.live;
    this.view = new MessageView(reader, { height: 1, now: () => performance.now() });
    this.selection = new Selection(this.view);
    this.panes = new MessagePanes(reader, this.view);
    this.state = new StatePane(reader);
    this.marks = new MarkList(options.marks);
    this.prompts = new Prompts(reader, (notice) => {
      this.say(notice);
    });
    this.#pending = new Pending(reader);
    this.notice = options.notice ?? '';
    if (options.filter !== undefined) this.selection.setFilter(options.filter);
    this.#refresh();
  }

  /** What the movement keys act on: the page, or the active pane. */
  get target(): Page | MessageView | DetailPane {
    return this.page ?? this.pane(this.panes.active);
  }

  pane(name: PaneName): MessageView | DetailPane {
    return name === 'list' ? this.view : this.panes[name];
  }

  /** Commands, jobs and the like that are not over. */
  pending(): readonly PendingItem[] {
    return this.#pending.list(this.sessions, this.live);
  }

  /** Shows a line until the next key. */
  say(notice: string): void {
    this.notice = notice;
    this.out.changed();
  }

  /** Opens what has the focus. */
  open(): void {
    if (this.page !== undefined) this.page.open();
    else if (this.panes.active !== 'list') this.panes.current.fold();
    else if (this.view.focused !== undefined) this.panes.open();
  }

  /** Focuses a message; if the filter hides it, says so and names it as `what`. */
  goTo(index: number, what: string): void {
    const range = { where: this.view.where, after: index - 1, before: index + 1, limit: 1 };
    if ([...this.reader.messages(range)].length > 0) this.view.focusOn(index);
    else this.notice = `${what} is hidden by the filter; Esc drops it`;
  }

  /** Brings everything up to date; several keys may come between two screens. */
  settle(): void {
    this.selection.apply();
    this.panes.refresh();
  }

  /** Looks for what is new in the recording. True: there is something. */
  poll(): boolean {
    const { live } = this.reader.info;
    // Read before the messages, so that the last ones are seen when the recording ends.
    const ended = live !== this.live;
    const changed = this.view.poll();
    this.live = live;
    // A session may end without a message.
    const due = performance.now() - this.#refreshed > refreshInterval;
    if ((changed || ended || due) && !this.view.paused) this.#refresh();
    return changed || ended;
  }

  /** Does a short step of longer work. False: nothing is left to do. */
  work(): boolean {
    return this.view.work() || this.page?.work() === true || this.state.work() || this.#pending.work();
  }

  #refresh(): void {
    this.#refreshed = performance.now();
    this.sessions = new Map(this.reader.sessions().map((session) => [session.id, session]));
    this.#pending.refresh();
  }
}
