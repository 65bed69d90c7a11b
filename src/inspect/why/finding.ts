/** What `why` finds: the table of its kinds, and the shape of a finding. */
import type { Message } from '../../recording/message.js';
import type { Session } from '../../recording/session.js';
import { printFilter } from '../filter/print.js';
import { levels, type Level } from '../rules/rule.js';
import { between, type Moment } from '../stories/story.js';

interface Kind {
  /** Unless the finding itself says otherwise. */
  readonly level: Level;
  /** Among those of a level the heavier is told first. */
  readonly weight: number;
  readonly about: string;
}

/** All kinds, the heaviest first. */
export const findingKinds = {
  'held-monitor': {
    level: 'error',
    weight: 100,
    about: 'a command without a response, and what waits behind it',
  },
  'guest-panicked': { level: 'error', weight: 97, about: 'the guest said that it panicked' },
  watchdog: { level: 'error', weight: 96, about: "the guest's watchdog ran out" },
  'io-error': { level: 'error', weight: 95, about: 'an I/O error paused the VM' },
  'freeze-open': {
    level: 'error',
    weight: 94,
    about: 'file systems in the guest were frozen and not thawed',
  },
  'agent-silent': { level: 'error', weight: 92, about: 'the guest agent did not answer' },
  'removal-unfinished': {
    level: 'error',
    weight: 90,
    about: 'a removal was accepted, but DEVICE_DELETED did not come, or late',
  },
  'server-unreachable': { level: 'error', weight: 89, about: 'there was no server to talk to' },
  'migration-failed': { level: 'error', weight: 88, about: 'a migration failed' },
  'server-gone': { level: 'error', weight: 87, about: 'QEMU closed the monitor without SHUTDOWN' },
  'connection-reset': { level: 'error', weight: 86, about: 'a connection was broken off' },
  'removal-refused': { level: 'error', weight: 85, about: 'the guest refused to give up a device' },
  'job-failed': { level: 'error', weight: 84, about: 'a job failed' },
  'lost-response': {
    level: 'error',
    weight: 82,
    about: 'a command whose successors were answered, and itself not',
  },
  'crossed-response': { level: 'error', weight: 81, about: 'responses in another order than their commands' },
  'migration-not-converging': {
    level: 'warning',
    weight: 80,
    about: 'memory gets dirty as fast as it is sent',
  },
  'protocol-violation': { level: 'error', weight: 78, about: 'a peer broke a rule of the protocol' },
  'descriptor-failed': { level: 'error', weight: 77, about: 'a descriptor was not taken' },
  'job-not-completed': { level: 'warning', weight: 75, about: 'a job is ready, and nobody completes it' },
  'slow-command': { level: 'warning', weight: 70, about: 'a command that held the monitor long' },
  'guest-io-error': { level: 'warning', weight: 65, about: 'the guest was given an I/O error' },
  'job-io-error': { level: 'warning', weight: 64, about: 'a block job met an I/O error' },
  'frozen-agent': { level: 'warning', weight: 62, about: 'a command that a frozen agent refuses' },
  'late-response': { level: 'warning', weight: 61, about: 'a response came to the next client' },
  'cut-message': { level: 'warning', weight: 60, about: 'the connection ended in the middle of a message' },
  'powerdown-ignored': {
    level: 'warning',
    weight: 58,
    about: 'the guest was asked to power down and did not',
  },
  'error-responses': {
    level: 'warning',
    weight: 57,
    about: 'error responses, those of the same kind together',
  },
  'migration-cancelled': { level: 'warning', weight: 55, about: 'a migration was cancelled' },
  'state-contradicted': {
    level: 'warning',
    weight: 53,
    about: 'an answer contradicts what commands and events before it imply',
  },
  'costly-poll': {
    level: 'warning',
    weight: 52,
    about: 'a command that is asked again and again, and what it costs',
  },
  'job-not-finalized': { level: 'warning', weight: 51, about: 'a job waits for job-finalize' },
  'job-not-dismissed': { level: 'warning', weight: 50, about: 'a job has concluded and was not dismissed' },
  'dump-unfinished': { level: 'warning', weight: 48, about: 'a memory dump in the background did not end' },
  'slower-than-usual': {
    level: 'note',
    weight: 40,
    about: 'slower than all but one in a thousand of the profile (--against)',
  },
  'never-seen': {
    level: 'note',
    weight: 35,
    about: 'a command, arguments or an order that the profile has not',
  },
  'incomplete-recording': { level: 'note', weight: 30, about: 'the recording does not hold everything' },
  'throttled-events': { level: 'note', weight: 20, about: 'events that QEMU sends at most once a second' },
} as const satisfies Readonly<Record<string, Kind>>;
/** A kind of finding. */
export type FindingKind = keyof typeof findingKinds;

/** A command of ours that shows more. */
export interface NextLook {
  /** Which: `qmptap show FILE FILTER` or the like. */
  readonly command: 'show' | 'stats' | 'stories';
  /** Empty: none. */
  readonly filter: string;
}

/** Something that explains what went wrong. Wire text in it is not escaped. */
export interface Finding {
  /** What it is. */
  readonly kind: FindingKind;
  /** How much it matters. */
  readonly level: Level;
  /** When, and at which message; undefined if it is about the whole recording. */
  readonly at: Moment | undefined;
  /** What it is about: a command, a device, a job. */
  readonly subject: string;
  /** What was found, in a sentence. */
  readonly title: string;
  /** Why that happens, by the protocol's own facts. */
  readonly cause: string;
  /** The messages, in the session of `at`; the first ones of many. */
  readonly seqs: readonly number[];
  /** How many messages or cases there are. */
  readonly count: number;
  /** What to look at next. */
  readonly next: NextLook;
}

type Given = Omit<Finding, 'level' | 'seqs' | 'count' | 'at'> &
  Partial<Pick<Finding, 'level' | 'seqs' | 'count' | 'at'>>;

/** A finding of its kind's level, about one message, unless it says otherwise. */
export function finding({ at, seqs, count = 1, ...given }: Given): Finding {
  const { level } = findingKinds[given.kind];
  return { level, ...given, at, seqs: seqs ?? (at === undefined ? [] : [at.seq]), count };
}

/** The weightiest first: by level, kind, how often, and time. */
export function byWeight(a: Finding, b: Finding): number {
  return (
    levels.indexOf(b.level) - levels.indexOf(a.level) ||
    findingKinds[b.kind].weight - findingKinds[a.kind].weight ||
    b.count - a.count ||
    (a.at === undefined || b.at === undefined ? 0 : between(b.at, a.at))
  );
}

/** A message in its session, as detectors are given it. */
export interface Told {
  readonly message: Message;
  readonly session: Session;
  readonly at: Moment;
}

/** What is known at the end. */
export interface Ending {
  readonly sessions: readonly Session[];
  /** The last that is known of a session: its end, its last message, or now. */
  readonly endOf: (session: number) => Moment | undefined;
}

/** Looks for some kinds of findings: told of each message, asked at the end. */
export interface Detector {
  take(told: Told): void;
  findings(ending: Ending): Iterable<Finding>;
}

/** The first numbers of many. */
export class Numbers {
  readonly #seqs: number[] = [];
  count = 0;

  add(seq: number): void {
    this.count += 1;
    if (this.#seqs.length < 20) this.#seqs.push(seq);
  }

  get seqs(): readonly number[] {
    return this.#seqs;
  }
}

/** `cmd:NAME` or `event:NAME`, quoted where it has to be. */
export function termOf(field: 'cmd' | 'event', name: string): string {
  return printFilter({ op: 'glob', field, glob: name });
}

/** Asks for these messages. */
export function filterOf(session: number, seqs: readonly number[]): string {
  return `session:${session} seq:${seqs.join()}`;
}
