/** The opened message and the other half of its exchange, and which of the panes has the keys. */
import type { MessageView } from '../../inspect/view/view.js';
import type { Message } from '../../recording/message.js';
import type { RecordingReader } from '../../recording/ports.js';
import { DetailPane } from './detail-pane.js';

export type PaneName = 'list' | 'detail' | 'other';

export class MessagePanes {
  readonly detail = new DetailPane();
  readonly other = new DetailPane();
  readonly #reader: RecordingReader;
  readonly #view: MessageView;
  #active: PaneName = 'list';
  #isOpen = false;
  #lastSearch = '';

  constructor(reader: RecordingReader, view: MessageView) {
    this.#reader = reader;
    this.#view = view;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  get active(): PaneName {
    return this.#active;
  }

  set active(pane: PaneName) {
    if (pane === 'list' || this.#isOpen) this.#active = pane;
  }

  /** The message pane that has the keys, or would have them. */
  get current(): DetailPane {
    return this.#active === 'other' ? this.other : this.detail;
  }

  open(): void {
    this.#isOpen = true;
    this.#active = 'detail';
  }

  close(): void {
    this.#isOpen = false;
    this.#active = 'list';
  }

  turn(): void {
    const order = ['list', 'detail', 'other'] as const;
    this.active = order[(order.indexOf(this.#active) + 1) % order.length] ?? 'list';
  }

  /** The focused message of the list. */
  focused(): Message | undefined {
    const row = this.#view.focused;
    return row && this.#reader.message(row.session, row.seq);
  }

  /** Shows what has the focus in the list, if a message is opened. */
  refresh(): void {
    if (!this.#isOpen) return;
    const message = this.focused();
    this.detail.show(message);
    this.other.show(message && this.otherHalf(message));
  }

  /** The response to a command, or the command of a response. */
  otherHalf({ session, seq, kind, replyTo, late }: Message): Message | undefined {
    if (late !== undefined) return this.#reader.message(late.session, late.seq);
    if (replyTo !== undefined) return this.#reader.message(session, replyTo);
    return kind === 'command' ? this.#reader.responseTo(session, seq) : undefined;
  }

  /** Looks for a text, or for the last one again; gives what there is to say about it. */
  search(direction: 1 | -1, text: string = this.#lastSearch): string {
    this.#lastSearch = text;
    if (text === '') return 'nothing searched yet; / asks for a text';
    return this.current.search(text, direction) ? '' : `not in this message: ${text}`;
  }
}
