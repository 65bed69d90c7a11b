/** Incus' `qemu.qmp.log`: `[2026-11-20T09:11:32Z] QUERY: {…}`, `REPLY:`, `EVENT:`; times to the second. */
import { parseIsoTime } from '../../text/time.js';
import {
  damaged,
  type ImportedSession,
  type Importer,
  ImportedTraffic,
  type ImportTarget,
} from '../import.js';
import { isWhole, messageBytes } from '../wire.js';

const entry = /^\[(\d{4}-\d\d-\d\dT[^\]]+)\] (QUERY|REPLY|EVENT): (.*)$/;

const note =
  'from a log of Incus: exact white space is not known, times are to the second, and so are latencies; the greeting is not logged';

export class IncusLogImporter implements Importer {
  readonly #target: ImportTarget;
  readonly #traffic: ImportedTraffic;
  #session: ImportedSession | undefined;
  #latest: number | undefined;

  constructor(target: ImportTarget) {
    this.#target = target;
    this.#traffic = new ImportedTraffic(target);
  }

  line(text: string, number: number): void {
    const bare = text.trimEnd();
    if (bare === '') return;
    const found = entry.exec(bare);
    if (found === null) {
      this.#target.skip(number, 'no QUERY, REPLY or EVENT with a time');
      return;
    }
    const [, time = '', what, json = ''] = found;
    const bytes = messageBytes(`${json}\r\n`);
    if (!isWhole(bytes)) {
      this.#target.skip(number, damaged);
      return;
    }
    const micros = parseIsoTime(time);
    this.#latest = micros ?? this.#latest;
    // Each connection negotiates anew; nothing else in the log tells them apart.
    if (what === 'QUERY' && json.includes('"qmp_capabilities"')) this.#close('client-closed');
    this.#session ??= this.#traffic.open({ dialect: 'qmp', started: micros, note });
    this.#session.say(what === 'QUERY' ? 'c2s' : 's2c', micros, bytes);
  }

  end(): void {
    this.#close('cut-off', 'the log ends here');
  }

  #close(end: 'client-closed' | 'cut-off', reason?: string): void {
    this.#session?.close(this.#latest, end, reason);
    this.#session = undefined;
  }
}
