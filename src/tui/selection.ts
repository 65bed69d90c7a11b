/** Which messages the list shows: the filter as typed, and the one session that was chosen. */
import { parseFilter } from '../inspect/filter/filter.js';
import { both, type MessageView } from '../inspect/view/view.js';
import type { Condition } from '../recording/condition.js';

const everything: Condition = { op: 'all' };

export class Selection {
  readonly #view: MessageView;
  #text = '';
  #where = everything;
  #session: number | undefined;
  #last = everything;
  /** The view does not know of a change yet. */
  #changed = false;

  constructor(view: MessageView) {
    this.#view = view;
  }

  /** The filter as typed. */
  get filter(): string {
    return this.#text;
  }

  /** The session that alone is shown. */
  get session(): number | undefined {
    return this.#session;
  }

  /** @throws UsageError if it does not parse; what is shown stays as it was */
  setFilter(text: string): void {
    const where = text.trim() === '' ? everything : parseFilter(text);
    this.#text = text.trim();
    this.#where = where;
    if (where.op !== 'all') this.#last = where;
    this.#changed = true;
  }

  setSession(session: number | undefined): void {
    this.#session = session;
    this.#changed = true;
  }

  /** Drops the filter, or else the session. False: there was neither. */
  drop(): boolean {
    if (this.#text !== '') this.setFilter('');
    else if (this.#session !== undefined) this.setSession(undefined);
    else return false;
    return true;
  }

  /** To the next match of the filter; after it was dropped, of the last one. False: there was none yet. */
  next(direction: 1 | -1): boolean {
    this.apply();
    if (this.#text !== '') this.#view.move(direction);
    else if (this.#last.op === 'all') return false;
    else this.#view.seek(this.#last, direction);
    return true;
  }

  /** Passes the change to the view, once for all keys that came together: each filter may read a lot. */
  apply(): void {
    if (!this.#changed) return;
    this.#changed = false;
    const session: Condition =
      this.#session === undefined
        ? everything
        : { op: 'compare', field: 'session', is: '=', value: this.#session };
    this.#view.setWhere(both(session, this.#where));
  }
}
