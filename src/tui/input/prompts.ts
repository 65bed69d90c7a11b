/** What can be asked at the bottom line: a filter, a text to search for, a note, a file, a command to send. */
import { completeFilter } from '../../inspect/filter/complete.js';
import { findSchema } from '../../inspect/schema/schemas.js';
import type { ViewRow } from '../../inspect/view/view-row.js';
import type { RecordingReader } from '../../recording/ports.js';
import type { Session } from '../../recording/session.js';
import type { MarkList } from '../panes/mark-list.js';
import type { MessagePanes } from '../panes/message-panes.js';
import { recordedNames } from '../names.js';
import { placeOf } from './goto.js';
import { Prompt } from './prompt.js';
import type { Selection } from '../selection.js';

/** Shows the user a line, now or later. */
type Say = (notice: string) => void;

export class Prompts {
  readonly #reader: RecordingReader;
  readonly #say: Say;
  readonly #history = { filter: [] as string[], search: [] as string[], send: [] as string[] };

  constructor(reader: RecordingReader, say: Say) {
    this.#reader = reader;
    this.#say = say;
  }

  /** Filters as it is typed. */
  filter(selection: Selection, sessions: ReadonlyMap<number, Session>): Prompt {
    const before = selection.filter;
    const names = recordedNames(this.#reader, sessions);
    return new Prompt({
      label: '/',
      text: before,
      history: this.#history.filter,
      changed: (text) => {
        selection.setFilter(text);
      },
      done: (text) => {
        remember(this.#history.filter, text);
      },
      cancelled: () => {
        selection.setFilter(before);
      },
      complete: (text, cursor) => completeFilter(text, cursor, names),
    });
  }

  search(panes: MessagePanes): Prompt {
    return new Prompt({
      label: 'search: ',
      history: this.#history.search,
      done: (text) => {
        remember(this.#history.search, text);
        if (text !== '') this.#say(panes.search(1, text));
      },
    });
  }

  /** Where to go: a number in this session, or a time. */
  place(session: number, goTo: (index: number) => void): Prompt {
    return new Prompt({
      label: 'go to: ',
      done: (text) => {
        if (text.trim() === '') return;
        const place = placeOf(text.trim(), this.#reader, session);
        if (typeof place === 'string') this.#say(place);
        else goTo(place);
      },
    });
  }

  note(marks: MarkList, row: ViewRow): Prompt {
    return new Prompt({
      label: `note on #${row.session}/${row.seq}: `,
      text: marks.noteOf(row) ?? '',
      done: (text) => {
        this.#say(marks.setNote(row, text));
      },
    });
  }

  /** `write` gives how many messages it has written; the name's ending chooses the format. */
  export(endings: readonly string[], write: (path: string) => Promise<number>): Prompt {
    return new Prompt({
      label: `export what is shown to (${endings.join(' ')}): `,
      done: (text) => {
        const path = text.trim();
        if (path === '') return;
        this.#say('exporting…');
        this.#tell(write(path).then((count) => `${count} messages written to ${path}`));
      },
    });
  }

  /** `send` gives what there is to say about it. */
  command(
    session: number,
    sessions: ReadonlyMap<number, Session>,
    send: (text: string) => Promise<string | undefined>,
  ): Prompt {
    const known = findSchema(this.#reader, session)?.commands.keys() ?? [];
    const names = [...new Set([...known, ...(recordedNames(this.#reader, sessions).commands ?? [])])].sort();
    return new Prompt({
      label: `send to session ${session}: `,
      history: this.#history.send,
      complete: (text, cursor) => {
        const items = names.filter((name) => name.startsWith(text) && name !== text);
        return { from: 0, to: cursor, items: items.map((name) => ({ text: name, help: '' })) };
      },
      done: (text) => {
        if (text.trim() === '') return;
        remember(this.#history.send, text);
        this.#tell(send(text.trim()).then((trouble) => trouble ?? 'sent'));
      },
    });
  }

  #tell(outcome: Promise<string>): void {
    void outcome.then(this.#say, (error: unknown) => {
      this.#say(error instanceof Error ? error.message : String(error));
    });
  }
}

/** The newest last, each once. */
function remember(history: string[], text: string): void {
  if (text.trim() === '') return;
  const known = history.indexOf(text);
  if (known >= 0) history.splice(known, 1);
  history.push(text);
}
