/** What comes again and again: commands that somebody polls with, and events that QEMU holds back. */
import { formatDuration } from '../format.js';
import { timeBetween } from '../rules/cases.js';
import type { Moment } from '../stories/story.js';
import type { Session } from '../../recording/session.js';
import { type Detector, type Finding, finding, Numbers, termOf, type Told } from './finding.js';

const least = 20;
/** Nanoseconds. */
const leastSpan = 10e9;
const costly = 0.05;
/** Bounds memory. */
const maxTallies = 2_000;

/** At most one of each a second is sent, with the newest data. (QEMU's monitor/monitor.c, `monitor_qapi_event_conf`.) */
const throttled = [
  'RTC_CHANGE',
  'WATCHDOG',
  'BALLOON_CHANGE',
  'QUORUM_REPORT_BAD',
  'QUORUM_FAILURE',
  'VSERPORT_CHANGE',
  'MEMORY_DEVICE_SIZE_CHANGE',
  'HV_BALLOON_STATUS_REPORT',
];
const leastInRow = 3;

interface Poll {
  readonly name: string;
  readonly session: Session;
  readonly first: Moment;
  last: Moment;
  count: number;
  busy: number;
}

interface Row {
  readonly name: string;
  first: Moment;
  last: Moment;
  numbers: Numbers;
}

export class Repetition implements Detector {
  readonly #polls = new Map<string, Poll>();
  readonly #rows = new Map<string, Row>();
  readonly #held: Row[] = [];

  take({ message, session, at }: Told): void {
    const { kind, command, latency, name } = message;
    if ((kind === 'success' || kind === 'error') && command !== undefined) {
      const key = `${session.id} ${command}`;
      const poll = this.#polls.get(key);
      if (poll !== undefined) {
        poll.count += 1;
        poll.busy += latency ?? 0;
        poll.last = at;
      } else if (this.#polls.size < maxTallies)
        this.#polls.set(key, { name: command, session, first: at, last: at, count: 1, busy: latency ?? 0 });
    } else if (kind === 'event' && name !== undefined && throttled.includes(name)) this.#event(name, at);
  }

  #event(name: string, at: Moment): void {
    const key = `${at.session} ${name}`;
    const row = this.#rows.get(key);
    const gap = row && timeBetween(row.last, at);
    if (row !== undefined && gap !== undefined && gap >= 0.9e9 && gap <= 1.3e9) {
      row.last = at;
      row.numbers.add(at.seq);
      if (row.numbers.count === leastInRow && this.#held.length < 100) this.#held.push(row);
      return;
    }
    if (row === undefined && this.#rows.size >= maxTallies) return;
    const numbers = new Numbers();
    numbers.add(at.seq);
    this.#rows.set(key, { name, first: at, last: at, numbers });
  }

  *findings(): Iterable<Finding> {
    for (const poll of this.#polls.values()) yield* pollFinding(poll);
    for (const { name, first, numbers } of this.#held) {
      yield finding({
        kind: 'throttled-events',
        at: first,
        subject: name,
        title: `${name} came ${numbers.count} times a second apart: there may have been more`,
        cause: 'QEMU sends at most one of these a second, with the newest data; those between are dropped.',
        seqs: numbers.seqs,
        count: numbers.count,
        next: { command: 'show', filter: `session:${first.session} ${termOf('event', name)}` },
      });
    }
  }
}

function* pollFinding({ name, session, first, last, count, busy }: Poll): Iterable<Finding> {
  const span = timeBetween(first, last);
  if (span === undefined || span < leastSpan || count < least) return;
  const share = busy / span;
  if (share < costly) return;
  const { client, label } = session;
  const who = client.pid === undefined ? client.address : `${client.program ?? '?'} (pid ${client.pid})`;
  yield finding({
    kind: 'costly-poll',
    at: first,
    subject: name,
    title:
      `${who} asks ${label === undefined ? '' : `${label} `}for ${name} every ${formatDuration(span / (count - 1))}: ` +
      `${count} times, ${Math.round(share * 100)} % of the time`,
    cause:
      'Each of these is executed in the main loop of QEMU, and everything else on the monitor waits for it; some walk over ' +
      'all devices or images.',
    count,
    next: { command: 'stats', filter: termOf('cmd', name) },
  });
}
