/** How sessions ended: broken off, in the middle of a message, by a server that crashed. */
import { counted, formatBytes } from '../format.js';
import type { Session, SessionEnd } from '../../recording/session.js';
import type { Moment } from '../stories/story.js';
import { type Detector, type Ending, type Finding, finding, type FindingKind, type Told } from './finding.js';

interface Course {
  /** QEMU said or was told that it ends. */
  announced: boolean;
  greeted: boolean;
  partial: { readonly at: Moment; readonly text: string } | undefined;
  /** Commands without a response. */
  readonly waiting: Set<number>;
}

const reset = 'A reset is no orderly end: the process was killed, or closed with bytes that nobody had read.';

/** What an end is a finding of. */
const ends: Readonly<
  Partial<Record<SessionEnd, { readonly kind: FindingKind; readonly title: string; readonly cause: string }>>
> = {
  'server-reset': { kind: 'connection-reset', title: 'the server broke the connection off', cause: reset },
  'client-reset': { kind: 'connection-reset', title: 'the client broke the connection off', cause: reset },
  'server-unreachable': {
    kind: 'server-unreachable',
    title: 'there was no server to talk to',
    cause:
      'The socket is gone or nobody listens on it: the server has ended, has not started yet, or is elsewhere.',
  },
};

export class Endings implements Detector {
  readonly #courses = new Map<number, Course>();

  take({ message, session, at }: Told): void {
    const { kind, name, seq, replyTo, dir, raw } = message;
    let course = this.#courses.get(session.id);
    if (course === undefined) {
      course = { announced: false, greeted: false, partial: undefined, waiting: new Set() };
      this.#courses.set(session.id, course);
    }
    if (kind === 'greeting') course.greeted = true;
    if (kind === 'command' && course.waiting.size < 1000) course.waiting.add(seq);
    if (replyTo !== undefined) course.waiting.delete(replyTo);
    if ((kind === 'event' && name === 'SHUTDOWN') || (kind === 'command' && name === 'quit'))
      course.announced = true;
    if (kind === 'partial') {
      const who = dir === 'c2s' ? 'client' : 'server';
      course.partial = { at, text: `${formatBytes(raw.length)} of one from the ${who}` };
    }
  }

  *findings({ sessions, endOf }: Ending): Iterable<Finding> {
    for (const session of sessions) {
      const course = this.#courses.get(session.id);
      const at = endOf(session.id);
      if (course?.partial !== undefined) yield cut(session, course.partial);
      const told = session.end === undefined ? undefined : ends[session.end];
      const waiting = course?.waiting.size ?? 0;
      const more = waiting === 0 ? '' : `, while ${counted(waiting, 'command')} waited for a response`;
      const next = {
        command: 'show',
        filter: `session:${session.id} seq>${Math.max(0, session.messages - 10)}`,
      } as const;
      if (told !== undefined) {
        const level = session.end === 'client-reset' ? 'warning' : 'error';
        yield finding({
          ...told,
          title: told.title + more,
          level,
          at,
          subject: session.server.address,
          next,
        });
      } else if (session.end === 'server-closed' && course?.greeted === true && !course.announced) {
        yield finding({
          kind: 'server-gone',
          at,
          subject: session.server.address,
          title: `QEMU closed the monitor without SHUTDOWN${more}`,
          cause:
            'A QEMU that ends says SHUTDOWN before; one that crashes or is killed does not. libvirt takes such an end for ' +
            'a crash of the VM.',
          next,
        });
      }
    }
  }
}

function cut(session: Session, { at, text }: { readonly at: Moment; readonly text: string }): Finding {
  return finding({
    kind: 'cut-message',
    at,
    subject: session.server.address,
    title: `the connection ended in the middle of a message: ${text}`,
    cause: 'Whoever sent it was ended while it wrote, or gave up on a peer that did not read.',
    next: { command: 'show', filter: `session:${session.id} seq:${at.seq}` },
  });
}
