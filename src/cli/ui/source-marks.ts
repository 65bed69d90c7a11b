/** Keeps marks of one recording or of several, each in the file that has its message. */
import type { Mark, MarkKeeper } from '../../recording/marks.js';
import type { MessageRef } from '../../recording/message.js';
import type { RecordingReader } from '../../recording/ports.js';
import { StoredMarks } from '../../store/read/marks.js';

export class SourceMarks implements MarkKeeper {
  readonly #reader: RecordingReader;

  constructor(reader: RecordingReader) {
    this.#reader = reader;
  }

  marks(): readonly Mark[] {
    return this.#reader.marks?.() ?? [];
  }

  put(mark: Mark): void {
    const { file, session } = this.#placeOf(mark);
    new StoredMarks(file).put({ ...mark, session });
  }

  remove({ session: id, seq }: MessageRef): void {
    const { file, session } = this.#placeOf({ session: id, seq });
    new StoredMarks(file).remove({ session, seq });
  }

  #placeOf({ session }: MessageRef): { readonly file: string; readonly session: number } {
    return this.#reader.session(session)?.origin ?? { file: this.#reader.info.path, session };
  }
}
