/**
 * The plan of a replay: a recorded session as steps in their recorded order, each with its cause.
 *
 *     -> command        caused by everything before it
 *     <- response       caused by its command
 *     <- greeting       caused by the connect
 *     <- event          caused by whatever last came before it
 *     <- 0xFF           belongs to the response that it precedes, and shares its cause
 *
 */
import type { Message } from '../../recording/message.js';
import type { Session } from '../../recording/session.js';
import { PackedBytes } from './packed-bytes.js';

/** One message of the recording in its place. */
export interface Step {
  readonly message: Message;
  /** Place of the step that causes this one; -1 is the connect. */
  readonly cause: number;
  /** Place of the client's message that all causes lead back to (of one of those: itself); -1 is the connect. */
  readonly origin: number;
  /** Nanoseconds from the cause to this step, as recorded. */
  readonly gap: number;
}

/** What of a session a replay needs to know. */
export type PlannedSession = Pick<Session, 'id' | 'label' | 'dialect' | 'version' | 'end' | 'ended'>;

export interface SessionPlan {
  readonly session: PlannedSession;
  readonly steps: readonly Step[];
  /** Places of what the client sent and the server never answered. */
  readonly unanswered: ReadonlySet<number>;
  /** The recorded server closed the connection, in order or with an error, this long after the last step. */
  readonly close: { readonly how: 'end' | 'reset'; readonly gap: number } | undefined;
  /** A QMP server answered, and yet did not greet: the session was imported from where greetings are not kept. */
  readonly lacksGreeting: boolean;
  /** Nor did its client negotiate: it is an excerpt, to which a client of its own begins properly. */
  readonly lacksNegotiation: boolean;
  /** What the recording lacks; each completes a sentence that begins with the session. */
  readonly remarks: readonly string[];
}

/** The command with which a client of QMP begins. */
export const negotiation = 'qmp_capabilities';

export interface PlanOptions {
  /**
   * What qmptap's user sent into the recorded session. The client never saw it, so a replayed server
   * leaves it out; the server did, so a replayed client keeps it.
   */
  readonly injected: 'leave-out' | 'keep';
}

/** Compiles a session; `messages` are its messages in ascending `seq`. */
export function planSession(
  session: PlannedSession,
  messages: Iterable<Message>,
  { injected }: PlanOptions,
): SessionPlan {
  const steps: Step[] = [];
  const packed = new PackedBytes();
  /** Of the client's messages, by `seq`. */
  const places = new Map<number, number>();
  const prefixes: number[] = [];
  const unanswered = new Set<number>();
  for (const message of messages) {
    if (message.injected && injected === 'leave-out') continue;
    const place = steps.length;
    const kept = { ...message, raw: packed.keep(message.raw) };
    steps.push(step(steps, kept, causeOf(message, place, places)));
    if (message.dir === 'c2s') {
      places.set(message.seq, place);
      if (message.kind !== 'partial') unanswered.add(place);
      continue;
    }
    if (message.replyTo !== undefined) unanswered.delete(places.get(message.replyTo) ?? -1);
    if (message.kind === 'sync') {
      prefixes.push(place);
    } else {
      for (const prefix of prefixes.splice(0)) adopt(steps, prefix, place);
    }
  }
  const lacksGreeting = session.dialect === 'qmp' && answersWithoutGreeting(steps);
  const lacksNegotiation = lacksGreeting && !steps.some(({ message }) => message.name === negotiation);
  return {
    session,
    steps,
    unanswered,
    close: closeOf(session, steps),
    lacksGreeting,
    lacksNegotiation,
    remarks: remarksOn(session, steps, { lacksGreeting, lacksNegotiation }),
  };
}

function causeOf(message: Message, place: number, places: ReadonlyMap<number, number>): number {
  if (message.kind === 'greeting') return -1;
  const command = message.replyTo === undefined ? undefined : places.get(message.replyTo);
  return command ?? place - 1;
}

function step(steps: readonly Step[], message: Message, cause: number): Step {
  const before = steps[cause];
  // What the client left half-sent causes nothing.
  const origin = message.dir === 'c2s' && message.kind !== 'partial' ? steps.length : (before?.origin ?? -1);
  return { message, cause, origin, gap: Math.max(0, message.t - (before?.message.t ?? 0)) };
}

/** Gives a lone 0xFF the cause of the response that it was sent for. */
function adopt(steps: Step[], prefix: number, response: number): void {
  const [before, after] = [steps[prefix], steps[response]];
  if (before === undefined || after?.message.replyTo === undefined || after.cause > prefix) return;
  steps[prefix] = step(steps, before.message, after.cause);
}

function closeOf(session: PlannedSession, steps: readonly Step[]): SessionPlan['close'] {
  if (session.end !== 'server-closed' && session.end !== 'server-reset') return undefined;
  const gap = Math.max(0, (session.ended ?? 0) - (steps.at(-1)?.message.t ?? 0));
  return { how: session.end === 'server-closed' ? 'end' : 'reset', gap };
}

function answersWithoutGreeting(steps: readonly Step[]): boolean {
  const kinds = new Set(steps.map(({ message }) => message.kind));
  return !kinds.has('greeting') && (kinds.has('success') || kinds.has('error'));
}

function remarksOn(
  session: PlannedSession,
  steps: readonly Step[],
  { lacksGreeting, lacksNegotiation }: Pick<SessionPlan, 'lacksGreeting' | 'lacksNegotiation'>,
): string[] {
  const remarks: string[] = [];
  const [first] = steps;
  if (first === undefined) remarks.push('holds no messages');
  if (lacksNegotiation) {
    remarks.push(
      `has no greeting and no ${negotiation}; a replayed server makes up the one and answers the other`,
    );
  } else if (lacksGreeting) remarks.push('has no greeting; a replayed server makes one up');
  if (steps.length > 1 && steps.every(({ message }) => message.t === first?.message.t)) {
    remarks.push('has no times');
  }
  if (session.end === 'cut-off' || session.end === undefined) {
    remarks.push('was cut off: how it ended is not known');
  }
  return remarks;
}
