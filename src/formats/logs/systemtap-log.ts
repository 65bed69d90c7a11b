/**
 * What libvirt's SystemTap script `qemu-monitor.stp` prints: `  5.773 > 0x7f2d {…} (fd=21)`, where `>` is
 * a command, `<` a response, `!` an event; times count from the script's start.
 */
import {
  damaged,
  type ImportedSession,
  type ImportedTraffic,
  type Importer,
  type ImportTarget,
} from '../import.js';
import { valueEnd } from '../reading/json-text.js';
import type { LogLine } from '../reading/line.js';
import { type LogReader, openLog } from '../reading/log-reader.js';
import { isWhole, messageBytes } from '../wire.js';

const entry = /(?:^|[^\d.])(\d+)\.(\d{3}) ([<>!]) (0x[0-9a-f]+) (\{.*)$/;

const note =
  'from the output of a SystemTap script: exact white space is not known, times are to the millisecond since the script began, whose date is a guess; the greeting is not there';

export class SystemtapImporter implements Importer {
  readonly #target: ImportTarget;
  readonly #traffic: ImportedTraffic;
  readonly #sessions = new Map<string, ImportedSession>();
  readonly #reader: LogReader;
  #latest: number;

  constructor(target: ImportTarget) {
    const { traffic, reader } = openLog(
      target,
      (line) => {
        this.#take(line);
      },
      () => this.#sessions.values(),
    );
    this.#target = target;
    this.#traffic = traffic;
    this.#reader = reader;
    this.#latest = target.started;
  }

  line(text: string, number: number): void {
    this.#reader.line(text, number);
  }

  #take({ text, number }: LogLine): void {
    const bare = text.trimEnd();
    const found = entry.exec(bare);
    if (found === null) {
      if (bare !== '' && !/^ *\d+\.\d{3} begin$/.test(bare))
        this.#target.skip(number, 'no message with a time');
      return;
    }
    const [, seconds, millis, arrow, monitor = '', rest = ''] = found;
    const end = valueEnd(rest, 0) ?? rest.length;
    const bytes = messageBytes(`${rest.slice(0, end)}\r\n`);
    if (!isWhole(bytes)) {
      // SystemTap prints at most MAXSTRINGLEN bytes of a string.
      this.#target.skip(number, damaged);
      return;
    }
    this.#latest = this.#target.started + Number(seconds) * 1e6 + Number(millis) * 1000;
    let session = this.#sessions.get(monitor);
    if (session === undefined) {
      session = this.#traffic.open({
        dialect: 'qmp',
        server: `monitor ${monitor}`,
        started: this.#latest,
        note,
      });
      this.#sessions.set(monitor, session);
    }
    const fds = arrow === '>' && /^ \(fd=\d+\)/.test(rest.slice(end)) ? 1 : 0;
    session.say(arrow === '>' ? 'c2s' : 's2c', this.#latest, bytes, fds);
  }

  end(): void {
    this.#reader.end();
    for (const session of this.#sessions.values())
      session.close(this.#latest, 'cut-off', 'the log ends here');
  }
}
