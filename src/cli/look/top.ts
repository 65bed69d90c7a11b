/** What `qmptap top` does: shows the monitors of the recordings that grow in a folder, on a screen or as text. */
import { realpathSync } from 'node:fs';
import { constants } from 'node:os';
import { RecordingError } from '../../errors.js';
import { type HostedMonitor, withHosted } from '../../inspect/top/hosted-monitors.js';
import { clientName, MonitorActivity, type MonitorRow } from '../../inspect/top/monitor-activity.js';
import { sortedRows, topColumns, topJson, type TopSort } from '../../inspect/top/top-columns.js';
import { isLive } from '../../store/disk/liveness.js';
import { type OpenedRecording, openRecording } from '../../store/index/open.js';
import { tableLines } from '../../text/table.js';
import { showTop, type TopEnd } from '../../tui/top/top-screen.js';
import { defaultFolder } from '../files/folder.js';
import { type FoundHost, runningHost } from '../files/running-host.js';
import { recordingsIn } from '../files/source.js';
import { cut } from '../output/cut.js';
import { jsonLine, Lines, say, styled, terminalWidth } from '../output/output.js';
import { openUi } from '../ui/ui-process.js';

export interface TopCommandOptions {
  readonly json: boolean;
  /** One look, also on a terminal. */
  readonly once: boolean;
  readonly sort: TopSort;
}

/**
 * Shows them until the user quits; without a terminal, once. Gives the exit code.
 * @throws RecordingError if the folder cannot be read
 */
export async function top(folder: string | undefined, options: TopCommandOptions): Promise<number> {
  const host = new HostWatch(folder);
  await host.ask();
  const place = folder ?? host.recordings ?? defaultFolder();
  using live = new LiveRecordings(place);
  const rows = (): readonly MonitorRow[] => withHosted(live.rows(), host.monitors);
  if (options.json || options.once || !process.stdin.isTTY || !process.stdout.isTTY) {
    printOnce(sortedRows(rows(), options.sort), options.json, place);
    return 0;
  }
  let next: TopEnd = { open: undefined, sort: options.sort, filter: '' };
  do {
    const { sort, filter } = next;
    const screen = showTop({
      terminal: { input: process.stdin, output: process.stdout, env: process.env },
      place,
      rows: () => {
        void host.ask(); // for the next look
        return rows();
      },
      sort,
      filter,
    });
    let code = 0;
    const end = (signal: NodeJS.Signals): void => {
      code = 128 + constants.signals[signal];
      screen.close();
    };
    const signals = ['SIGTERM', 'SIGHUP', 'SIGINT'] as const;
    for (const signal of signals) process.on(signal, end);
    try {
      next = await screen.finished;
    } finally {
      for (const signal of signals) process.off(signal, end);
    }
    if (code !== 0) return code;
    if (next.open?.file !== undefined) await openUi(next.open.file).finished;
  } while (next.open !== undefined);
  return 0;
}

function printOnce(rows: readonly MonitorRow[], json: boolean, place: string): void {
  const lines = new Lines();
  if (json) for (const row of rows) lines.write(jsonLine(topJson(row)));
  else if (rows.length === 0) say(`${place}: no monitor has a client that is recorded here`);
  else {
    const cells = rows.map((row) => topColumns.map((column) => column.text(row)));
    tableLines(topColumns, cells).forEach((line, place) => {
      const text = cut(line, terminalWidth());
      lines.write(`${place === 0 ? styled('bold', text) : text}\n`);
    });
  }
  lines.flush();
}

/** A host, if one records into the folder, or, without a folder, of this user or this machine. */
class HostWatch {
  readonly #folder: string | undefined;
  #found: FoundHost | undefined;
  #asking = false;

  constructor(folder: string | undefined) {
    this.#folder = folder;
  }

  get recordings(): string | undefined {
    return this.#found?.recordings;
  }

  /** As they were at the last answer. */
  get monitors(): readonly HostedMonitor[] {
    return (this.#found?.vms ?? []).flatMap(({ label, file, state, channels }) =>
      channels.map(({ dialect, holder, sessions }): HostedMonitor => ({
        ...{ name: label, monitor: dialect, file, sessions, direct: state === 'direct' },
        client: holder?.pid === undefined ? undefined : clientName(holder),
      })),
    );
  }

  /** Never rejects; does nothing while an answer is awaited. */
  async ask(): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    this.#found = await runningHost(this.#found?.recordings ?? this.#folder);
    this.#asking = false;
  }
}

/** The recordings of a folder that are being written. */
class LiveRecordings implements Disposable {
  readonly #folder: string;
  readonly #open = new Map<
    string,
    { readonly reader: OpenedRecording; readonly activity: MonitorActivity }
  >();
  /** Those that have ended, or cannot be read: they are not looked at again. */
  readonly #over = new Set<string>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  rows(): readonly MonitorRow[] {
    for (const path of recordingsIn(this.#folder)) this.#look(path);
    const now = Date.now() * 1000;
    return [...this.#open].flatMap(([path, { reader, activity }]) => {
      try {
        if (reader.info.live) return activity.rows(now);
      } catch (error) {
        if (!(error instanceof RecordingError)) throw error;
      }
      reader.close();
      this.#open.delete(path);
      this.#over.add(path);
      return [];
    });
  }

  [Symbol.dispose](): void {
    for (const { reader } of this.#open.values()) reader.close();
  }

  #look(path: string): void {
    if (this.#over.has(path) || this.#open.has(path)) return;
    try {
      if (!isLive(realpathSync(path))) {
        this.#over.add(path);
        return;
      }
      const reader = openRecording(path);
      this.#open.set(path, { reader, activity: new MonitorActivity(reader) });
    } catch {
      this.#over.add(path); // `ls` says what is wrong with it
    }
  }
}
