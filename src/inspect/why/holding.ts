/**
 * Who holds the monitor: commands without a response, commands that took long, and responses that were lost or came in
 * another order. A server executes in-band commands one after the other and answers in their order. (The QMP
 * specification's section 2.3; for out-of-band its section 2.3.1.)
 */
import { counted, formatDuration } from '../format.js';
import { timeBetween } from '../rules/cases.js';
import type { Moment } from '../stories/story.js';
import type { Session } from '../../recording/session.js';
import {
  type Detector,
  type Ending,
  filterOf,
  type Finding,
  finding,
  Numbers,
  termOf,
  type Told,
} from './finding.js';

/** Long enough to be felt: nanoseconds. */
const slow = 2e9;
const verySlow = 10e9;
const waitedLong = 5e9;
const waited = 1e9;
/** Bounds memory against a client that floods. */
const maxWaiting = 10_000;
const maxNames = 1_000;
/** They answer nothing when they succeed. (qemu-ga's qga/qapi-schema.json: `success-response: false`.) */
const silent = ['guest-shutdown', 'guest-suspend-disk', 'guest-suspend-ram', 'guest-suspend-hybrid'];

interface Waiting {
  readonly name: string;
  readonly at: Moment;
  readonly oob: boolean;
  /** A later command was answered before it. */
  passed: boolean;
}

interface Course {
  readonly waiting: Map<number, Waiting>;
  /** The server has said something: qemu-ga's own log has one side only. */
  heard: boolean;
  crossed: Numbers;
  crossedAt: Moment | undefined;
}

interface Slow {
  readonly numbers: Numbers;
  latency: number;
  at: Moment;
  behind: number;
  readonly isAgent: boolean;
}

export class Holding implements Detector {
  readonly #courses = new Map<number, Course>();
  readonly #slow = new Map<string, Slow>();

  take({ message, session, at }: Told): void {
    const { kind, seq, name, oob, replyTo } = message;
    let course = this.#courses.get(session.id);
    if (course === undefined) {
      course = { waiting: new Map(), heard: false, crossed: new Numbers(), crossedAt: undefined };
      this.#courses.set(session.id, course);
    }
    if (message.dir === 's2c') course.heard = true;
    if (kind === 'command' && course.waiting.size < maxWaiting)
      course.waiting.set(seq, { name: name ?? '(nameless)', at, oob, passed: false });
    if (replyTo !== undefined) this.#answered(course, replyTo, at, session.dialect === 'qga');
  }

  #answered(course: Course, replyTo: number, at: Moment, isAgent: boolean): void {
    const command = course.waiting.get(replyTo);
    if (command === undefined) return;
    course.waiting.delete(replyTo);
    if (command.oob) return;
    if (command.passed) {
      course.crossed.add(at.seq);
      course.crossedAt ??= at;
    }
    for (const [seq, other] of course.waiting) {
      if (seq > replyTo) break;
      if (!other.oob) other.passed = true;
    }
    const took = timeBetween(command.at, at);
    // The first command waits until QEMU has started.
    if (took === undefined || took < slow || command.name === 'qmp_capabilities') return;
    const known = this.#slow.get(command.name);
    const behind = course.waiting.size;
    if (known === undefined && this.#slow.size < maxNames) {
      const numbers = new Numbers();
      numbers.add(replyTo);
      this.#slow.set(command.name, { numbers, latency: took, at: command.at, behind, isAgent });
    } else if (known !== undefined) {
      if (known.at.session === at.session) known.numbers.add(replyTo);
      else known.numbers.count += 1;
      if (took > known.latency) Object.assign(known, { latency: took, behind });
    }
  }

  *findings({ sessions, endOf }: Ending): Iterable<Finding> {
    for (const session of sessions) {
      const course = this.#courses.get(session.id);
      if (course === undefined) continue;
      const open = [...course.waiting].filter(([, { name }]) => isAwaited(name, session));
      const lost = open.filter(([, { passed, oob }]) => passed && !oob);
      const held = open.filter(([, { passed, oob }]) => !passed || oob);
      if (lost.length > 0) yield lostFinding(session, lost);
      for (const one of heldFinding(session, held, endOf(session.id), sessions))
        yield course.heard || session.dialect === 'qmp' || session.ended === undefined
          ? one
          : { ...one, level: 'note', title: `${one.title} (nothing of the server is recorded)` };
      const { crossed, crossedAt } = course;
      if (crossedAt !== undefined) yield crossedFinding(session, crossed, crossedAt);
    }
    for (const [name, found] of this.#slow) yield slowFinding(name, found);
  }
}

function isAwaited(name: string, session: Session): boolean {
  return !silent.includes(name) && !(name === 'quit' && session.end !== undefined);
}

type Open = readonly (readonly [seq: number, Waiting])[];

function* heldFinding(
  session: Session,
  open: Open,
  end: Moment | undefined,
  sessions: readonly Session[],
): Iterable<Finding> {
  const [first] = open;
  if (first === undefined || end === undefined) return;
  const [seq, { name, at }] = first;
  const time = timeBetween(at, end);
  // Whoever closed took the answers with it; that is told by the end of the session.
  if (time !== undefined && time < waited) return;
  const others = open.length - 1;
  const later = sessions.filter((one) => {
    return one.server.address === session.server.address && one.id > session.id && one.started > wall(at);
  });
  const clients = session.ended === undefined && later.length > 0 ? later.length : 0;
  const behind = [
    ...(others > 0 ? [counted(others, 'command')] : []),
    ...(clients > 0 ? [counted(clients, 'client')] : []),
  ].join(' and ');
  const took = time === undefined ? '' : ` for ${formatDuration(time)}`;
  const isAgent = session.dialect === 'qga';
  const who = isAgent ? 'the guest agent has not answered' : 'the monitor is held by';
  const more = behind === '' ? '' : isAgent ? `, nor ${behind} behind it` : `, and ${behind} wait behind it`;
  yield finding({
    kind: isAgent ? 'agent-silent' : 'held-monitor',
    level: time === undefined ? 'note' : time >= waitedLong ? 'error' : 'warning',
    at,
    subject: name,
    title: isAgent ? `${who} ${name}${took}${more}` : `${who} ${name}: no response${took}${more}`,
    cause: isAgent
      ? 'The channel is there whether or not anybody reads it: the agent does not run, is busy with the command ' +
        'before, or the guest is paused or frozen. QEMU does not know.'
      : 'QEMU executes commands one after the other, in its main loop: until this one is answered nothing behind it ' +
        'is. It waits itself, for storage for example, or the process does not run at all.',
    seqs: open.slice(0, 20).map(([number]) => number),
    count: open.length,
    next: { command: 'show', filter: `session:${session.id} seq>=${seq}` },
  });
}

function lostFinding(session: Session, lost: Open): Finding {
  const [first] = lost;
  if (first === undefined) throw new Error('nothing was lost');
  const [, { name, at }] = first;
  const seqs = lost.slice(0, 20).map(([seq]) => seq);
  const more = lost.length > 1 ? `, and ${lost.length - 1} others` : '';
  return finding({
    kind: 'lost-response',
    at,
    subject: name,
    title: `${name} was never answered${more}, though commands behind it were`,
    cause:
      'Responses come in the order of their commands, so this one cannot come any more: the server or something ' +
      'between has dropped it, or a log does not have it.',
    seqs,
    count: lost.length,
    next: { command: 'show', filter: filterOf(session.id, seqs) },
  });
}

function crossedFinding(session: Session, { seqs, count }: Numbers, at: Moment): Finding {
  return finding({
    kind: 'crossed-response',
    at,
    subject: 'responses',
    title: `${counted(count, 'response')} came behind the response to a later command`,
    cause:
      'Only out-of-band commands may overtake. A client that pairs by order, as libvirt does, takes each of these for ' +
      'the response to another command.',
    seqs,
    count,
    next: { command: 'show', filter: filterOf(session.id, seqs) },
  });
}

function slowFinding(name: string, { numbers, latency, at, behind, isAgent }: Slow): Finding {
  const often = numbers.count > 1 ? `${numbers.count} times, at most for` : 'for';
  const waiting = behind > 0 ? `, while ${counted(behind, 'command')} waited behind it` : '';
  return finding({
    kind: 'slow-command',
    level: latency >= verySlow ? 'error' : 'warning',
    at,
    subject: name,
    title: `${name} ${isAgent ? 'kept the agent busy' : 'held the monitor'} ${often} ${formatDuration(latency)}${waiting}`,
    cause:
      'While a command is executed, none behind it is; a client with a time-out may have given up on them.',
    seqs: numbers.seqs,
    count: numbers.count,
    next: { command: 'show', filter: `${termOf('cmd', name)} slower:2s` },
  });
}

/** Microseconds since 1970. */
function wall({ started, t }: Moment): number {
  return started + t / 1000;
}
