/**
 * Who holds the monitor, kept up to date as the recording grows: commands without a response, and what
 * was begun and is not over yet (jobs, a removed device, a migration).
 */
import { type Story, StoryFeed } from '../../inspect/stories/stories.js';
import { StepSize } from '../../inspect/view/view-step.js';
import type { MessageRef } from '../../recording/message.js';
import type { RecordingReader } from '../../recording/ports.js';
import type { Session } from '../../recording/session.js';
import { sessionNow } from '../clock.js';

/** A command, or the first message of a story. */
export interface PendingItem extends MessageRef {
  /** `device_del`, `job drive-backup0`. */
  readonly name: string;
  readonly story: boolean;
  /** Its end may still come. */
  readonly running: boolean;
  /** Nanoseconds by now, or as long as it was watched. */
  readonly age: number;
}

interface Found extends MessageRef {
  readonly t: number;
  readonly name: string;
}

/** Bounds memory against a client that floods and never reads. */
const mostPending = 500;

/** How many there are; `500+`: at least 500. */
export function pendingCount(found: number): string {
  return found < mostPending ? String(found) : `${found}+`;
}

export class Pending {
  readonly #reader: RecordingReader;
  readonly #feed: StoryFeed;
  readonly #step = new StepSize(() => performance.now());
  #commands: readonly Found[] = [];
  #stories: readonly Story[] = [];
  #count = -1;
  #dirty = true;

  constructor(reader: RecordingReader) {
    this.#reader = reader;
    this.#feed = new StoryFeed(reader);
  }

  /** Looks anew for commands, if messages came since the last time. */
  refresh(): void {
    const count = this.#reader.count();
    // Sessions may have ended without a message.
    this.#dirty ||= this.#stories.length > 0;
    if (count === this.#count) return;
    this.#count = count;
    const messages = this.#reader.messages({
      where: { op: 'flag', field: 'pending' },
      order: 'desc',
      limit: mostPending,
    });
    this.#commands = Array.from(messages, ({ session, seq, name, t }) => {
      return { session, seq, t, name: name ?? '(no name)' };
    });
  }

  /** Reads on in the stories for a short step. False: there is nothing left to do. */
  work(): boolean {
    const more = this.#step.take(() => this.#feed.readOn(this.#step.size));
    if (!more && this.#dirty) this.#stories = this.#feed.unfinished();
    this.#dirty = more;
    return more;
  }

  /** What may still end first, the oldest first. */
  list(sessions: ReadonlyMap<number, Session>, live: boolean): readonly PendingItem[] {
    const item = (found: Found, name: string, story: boolean, over: boolean): PendingItem[] => {
      const session = sessions.get(found.session);
      if (session === undefined) return [];
      const running = live && !over && (story || session.ended === undefined);
      const { seq } = found;
      const age = sessionNow(session, live && !over, found.t) - found.t;
      return [{ session: found.session, seq, name, story, running, age }];
    };
    const commands = this.#commands.flatMap((found) => item(found, found.name, false, false));
    const stories = this.#stories.slice(0, mostPending).flatMap((story) => {
      return item({ ...story.start, name: '' }, `${story.kind} ${story.name}`.trim(), true, !story.live).map(
        (found) => (story.live ? found : { ...found, age: story.duration ?? found.age }),
      );
    });
    return [...commands, ...stories].sort((a, b) => {
      return Number(b.running) - Number(a.running) || b.age - a.age;
    });
  }
}
