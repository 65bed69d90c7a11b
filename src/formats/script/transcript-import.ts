/**
 * The notation of QEMU's documents, typed or exported: `->` and `<-` before messages, which may go on over
 * indented lines. Other lines are comments.
 */
import { type ImportedSession, type Importer, ImportedTraffic, type ImportTarget } from '../import.js';
import { isWhole, messageBytes } from '../wire.js';

const note = 'from text: no times; exact white space is not known';

export class TranscriptImporter implements Importer {
  readonly #target: ImportTarget;
  readonly #traffic: ImportedTraffic;
  #session: ImportedSession | undefined;
  #pending: { dir: 'c2s' | 's2c'; lines: string[]; line: number } | undefined;

  constructor(target: ImportTarget) {
    this.#target = target;
    this.#traffic = new ImportedTraffic(target);
  }

  line(text: string, number: number): void {
    const bare = text.trimEnd();
    const arrow = /^\s*(->|<-)\s*/.exec(bare);
    if (arrow !== null) {
      this.#finish();
      const dir = arrow[1] === '->' ? 'c2s' : 's2c';
      this.#pending = { dir, lines: [bare.slice(arrow[0].length)], line: number };
    } else if (/^# session \d+/.test(bare)) {
      this.#close();
    } else if (this.#pending && /^\s+\S/.test(bare)) {
      this.#pending.lines.push(bare);
    } else if (bare !== '' && !bare.startsWith('#')) {
      this.#finish();
      this.#target.skip(number, 'neither -> nor <- nor a line that goes on');
    }
  }

  end(): void {
    this.#close();
  }

  #finish(): void {
    const pending = this.#pending;
    this.#pending = undefined;
    if (pending === undefined) return;
    const bytes = messageBytes(`${pending.lines.join('\r\n')}\r\n`);
    if (!isWhole(bytes)) {
      this.#target.skip(pending.line, 'no JSON');
      return;
    }
    this.#session ??= this.#traffic.open({ dialect: undefined, started: undefined, note });
    this.#session.say(pending.dir, undefined, bytes);
  }

  #close(): void {
    this.#finish();
    this.#session?.close(undefined, 'cut-off', 'the text ends here');
    this.#session = undefined;
  }
}
