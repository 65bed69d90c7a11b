/**
 * The recordings of one VM: a series that begins with its first session, so a VM without a client costs no
 * file. If no file can be made, its sessions go on unrecorded, and the next one tries again.
 */
import type { TrafficSink } from '../../recording/ports.js';
import type { SessionStart } from '../../recording/session.js';
import type { TotalLimit } from '../../store/index/total.js';
import type { RecordingFollower } from '../../store/follow/indexer-threads.js';
import { datedFiles, datedName } from '../record/recording-name.js';
import type { HostLimits } from '../record/recording-limits.js';
import type { HostOptions } from './host-options.js';
import { RecordingSeries, type SeriesEvent } from '../record/recording-series.js';

export interface VmRecordingOptions {
  /** Where the files go. */
  readonly folder: string;
  /** The VM's name, which the files are named for. */
  readonly label: string;
  readonly limits: HostLimits;
  readonly durable: boolean;
  /** What indexes the recordings of all VMs. */
  readonly indexer: RecordingFollower;
  /** What to note in the first session of the first file. */
  readonly firstNote: string | undefined;
  readonly onEvent: (event: SeriesEvent) => void;
}

/** What the recordings of all VMs may take together. */
export function totalLimit({
  recordings,
  limits,
}: Pick<HostOptions, 'recordings' | 'limits'>): TotalLimit | undefined {
  const { maxTotal } = limits;
  return maxTotal === undefined ? undefined : { folder: recordings, pattern: datedName, most: maxTotal };
}

export class VmRecording {
  readonly #options: VmRecordingOptions;
  #series: RecordingSeries | undefined;
  #open = 0;
  #ending = false;
  #finish: () => void = () => undefined;
  /** Resolves once the last file is complete. */
  readonly finished: Promise<void>;
  #failureTold = false;

  constructor(options: VmRecordingOptions) {
    this.#options = options;
    this.finished = new Promise((resolve) => {
      this.#finish = resolve;
    });
  }

  /** The file in which the next session will probably be; undefined before the first one. */
  get path(): string | undefined {
    return this.#series?.path;
  }

  /** What takes the session's traffic, and its number there; undefined if it cannot be recorded. */
  begin(start: SessionStart, t: number): { sink: TrafficSink; session: number } | undefined {
    try {
      this.#series ??= this.#begin();
    } catch (error) {
      if (!this.#failureTold) this.#tell(error instanceof Error ? error.message : String(error));
      this.#failureTold = true;
      return undefined;
    }
    this.#failureTold = false;
    this.#open++;
    return { sink: this.#series, session: this.#series.open(start, t) };
  }

  /** One of them has been closed. */
  closed(): void {
    this.#open--;
    this.#endIfOver();
  }

  /** No more sessions come: completes the files once those that run are over. */
  end(): void {
    this.#ending = true;
    this.#endIfOver();
  }

  #begin(): RecordingSeries {
    const { folder, label, limits, durable, indexer, firstNote, onEvent } = this.#options;
    const { maxTotal, ...own } = limits;
    return RecordingSeries.beginNew({
      ...own,
      named: maxTotal !== undefined,
      place: datedFiles(folder, label),
      durable,
      indexer,
      firstNote,
      onEvent,
    });
  }

  #endIfOver(): void {
    if (!this.#ending || this.#open > 0) return;
    void Promise.resolve(this.#series?.finish()).then(this.#finish);
  }

  #tell(why: string): void {
    this.#options.onEvent({ type: 'trouble', session: undefined, text: `it is not recorded: ${why}` });
  }
}
