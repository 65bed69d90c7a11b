/** What `qmp-shell -l` writes: each command as one object that also holds the response to it. */
import { printQmp } from '../../json/print.js';
import type { JsonObject, JsonValue } from '../../json/value.js';
import { type ImportedSession, ImportedTraffic, type ImportTarget } from '../import.js';
import type { ValueReader } from '../script/value-stream.js';

const encoder = new TextEncoder();

const note = 'from a log of qmp-shell: no times, no events, no ids, no greeting; exact bytes are not known';

export class QmpShellReader implements ValueReader {
  readonly #target: ImportTarget;
  readonly #traffic: ImportedTraffic;
  #session: ImportedSession | undefined;

  constructor(target: ImportTarget) {
    this.#target = target;
    this.#traffic = new ImportedTraffic(target);
  }

  end(): void {
    this.#session?.close(undefined, 'cut-off', 'the log ends here');
  }

  take(both: JsonObject, line: number): void {
    const command = new Map(both);
    const response = new Map<string, JsonValue>();
    for (const key of ['return', 'error', 'timestamp']) {
      const value = both.get(key);
      if (value !== undefined) response.set(key, value);
      command.delete(key);
    }
    if (!command.has('execute') && !command.has('exec-oob')) {
      this.#target.skip(line, 'an object without a command');
      return;
    }
    this.#session ??= this.#traffic.open({ dialect: 'qmp', started: undefined, note });
    this.#session.say('c2s', undefined, encoder.encode(`${printQmp(command)}\r\n`));
    if (response.size === 0) this.#target.skip(line, 'no response to this command');
    else this.#session.say('s2c', undefined, encoder.encode(`${printQmp(response)}\r\n`));
  }
}
