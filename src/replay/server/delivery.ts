/**
 * What a replayed server sends of the recording, and when: answers in their order, and events in it too, or under
 * `content` in their own time.
 */
import type { Bindings } from '../match/bindings.js';
import type { Progress } from '../match/progress.js';
import type { SessionPlan } from '../plan/plan.js';
import type { SentMessages } from '../plan/sent-now.js';
import { type Pace, paced } from '../timing/pacing.js';
import type { EventSchedule, Scheduled } from './event-schedule.js';
import { Outbox, type Outgoing } from './outbox.js';

export interface DeliveryOptions {
  readonly pace: Pace;
  readonly sent: SentMessages;
  readonly bindings: Bindings;
  /** Under `content`; else events are sent in turn with everything else. */
  readonly events: EventSchedule | undefined;
  readonly progress: Progress | undefined;
}

export class Delivery {
  /** What is sent in order; also what was not recorded. */
  readonly outbox = new Outbox();
  readonly #plan: SessionPlan;
  readonly #options: DeliveryOptions;
  /** When a step went or will go. Kept for what it causes; empty where nothing waits for time. */
  readonly #dues = new Map<number, number>();
  #connected = 0;

  constructor(plan: SessionPlan, options: DeliveryOptions) {
    this.#plan = plan;
    this.#options = options;
  }

  /** The client is there, at a time of the caller's clock. */
  connected(now: number): void {
    this.#connected = now;
  }

  /** Puts recorded steps in the outbox, in their order. The place after the last one is the close. */
  schedule(places: readonly number[], now: number): void {
    const { steps, close } = this.#plan;
    for (const place of places) {
      const step = steps[place];
      if (step !== undefined) {
        const due = this.#causedAt(step.cause, now) + paced(step.gap, this.#options.pace);
        const goes = this.outbox.add(this.#step(place, step.cause), due, step.message.kind === 'event');
        if (goes > now) this.#dues.set(place, goes);
      } else if (close !== undefined) {
        const due = this.#causedAt(steps.length - 1, now) + paced(close.gap, this.#options.pace);
        this.outbox.add({ kind: 'close', how: close.how }, due);
      }
    }
  }

  /** Takes out what is to be sent now. */
  next(now: number): Outgoing | undefined {
    const { events, progress } = this.#options;
    const event = events?.first;
    if (event !== undefined && event.due <= now && this.#isNext(event)) {
      progress?.happened(event.place);
      events?.shift();
      return this.#step(event.place, event.place);
    }
    const due = this.outbox.wakeAt ?? now;
    const outgoing = this.outbox.next(now);
    if (outgoing?.kind === 'bytes' && outgoing.place !== undefined) events?.happened(outgoing.place, due);
    return outgoing;
  }

  /** When the first may be sent; undefined if that does not depend on time. */
  get wakeAt(): number | undefined {
    const [answer, event] = [this.outbox.wakeAt, this.#options.events?.first?.due];
    return answer === undefined || event === undefined ? (answer ?? event) : Math.min(answer, event);
  }

  /** Nothing is left to be sent, now or later. */
  get isEmpty(): boolean {
    return this.outbox.empty && this.#options.events?.first === undefined;
  }

  /** A recorded step as it is sent now; `command`: the place of the command that it answers, if it answers one. */
  #step(place: number, command: number): Outgoing {
    const message = this.#plan.steps[place]?.message;
    if (message === undefined) return { kind: 'close', how: this.#plan.close?.how ?? 'end' };
    const { sent, bindings } = this.#options;
    return { kind: 'bytes', bytes: bindings.asNow(sent.answer(message, command)), place };
  }

  /** Whether an event goes before what else is to be sent: by time, then by place. */
  #isNext({ due, place }: Scheduled): boolean {
    const other = this.outbox.wakeAt;
    if (other === undefined || due !== other) return other === undefined || due < other;
    const { first } = this.outbox;
    return first?.kind === 'bytes' && first.place !== undefined && place < first.place;
  }

  #causedAt(cause: number, now: number): number {
    return this.#dues.get(cause) ?? this.#options.sent.timeOf(cause) ?? (cause < 0 ? this.#connected : now);
  }
}
