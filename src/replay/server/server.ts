/**
 * A recorded server, for one connection: what the client sends and the time go in, what to do comes out. The same
 * input gives the same output bytes, however it is split and whenever it comes.
 * `launch/replay/replay-server.ts` has the sockets and the clock.
 */
import { Framer, type FrameSink } from '../../json/framing/framer.js';
import { classifyClient } from '../../qmp/message.js';
import { compileGlob } from '../../text/glob.js';
import type { Unstable } from '../../recording/unstable.js';
import { idOf } from '../plan/answer.js';
import { Bindings } from '../match/bindings.js';
import { ContentMatching } from '../match/content-matching.js';
import { ContentCues, type Cues, StrictCues } from '../plan/cues.js';
import type { Divergence } from '../match/divergence.js';
import type { ClientFrame, Match, Matching } from '../match/match.js';
import { Delivery } from './delivery.js';
import { EventSchedule } from './event-schedule.js';
import type { Reservation } from './outbox.js';
import type { Pace } from '../timing/pacing.js';
import { negotiation, type SessionPlan } from '../plan/plan.js';
import { inputProfile } from '../plan/input-profile.js';
import { errorResponses, type ErrorResponse, madeUpGreeting, madeUpNegotiation } from '../plan/responses.js';
import { type Earlier, SentMessages, type SentNow } from '../plan/sent-now.js';
import { ServerAccount } from './server-account.js';
import { Progress } from '../match/progress.js';
import { StrictMatching } from '../match/strict-matching.js';

export type ServerAction =
  | { readonly do: 'send'; readonly bytes: Uint8Array }
  | { readonly do: 'close'; readonly how: 'end' | 'reset' }
  /** Call `tick` at this time, unless something comes before. */
  | { readonly do: 'wake'; readonly at: number }
  /** Ask the real server, and give its answer to `forwarded`. */
  | { readonly do: 'forward'; readonly bytes: Uint8Array }
  | { readonly do: 'diverge'; readonly divergence: Divergence };

export interface ServerOptions {
  /** `strict`: the client's messages in the recorded order. `content`: in any order. */
  readonly match: 'strict' | 'content';
  readonly pace: Pace;
  readonly onMiss: 'error' | 'close' | 'forward';
  readonly unstable: Unstable;
  /** Under `content`: globs of commands whose last recorded answer is given again when all have been given. */
  readonly repeat: readonly string[];
  /** For answers that came to the next client. */
  readonly earlier?: Earlier | undefined;
}

export class ReplayedServer {
  readonly plan: SessionPlan;
  readonly #options: ServerOptions;
  readonly #matching: Matching;
  readonly #cues: Cues;
  /** Under `content`; else events are sent in turn with everything else. */
  readonly #events: EventSchedule | undefined;
  readonly #progress: Progress | undefined;
  readonly #account: ServerAccount;
  readonly #errorResponse: ErrorResponse;
  readonly #framer: Framer;
  readonly #frames: FrameSink = {
    frame: (frame, problem) => {
      this.#understand(frame, problem);
      // Bytes after a close in the same chunk are ignored, as if they had come later.
      this.#deliver();
    },
    trailer: () => undefined,
  };
  readonly #sent: SentMessages;
  readonly #delivery: Delivery;
  /** Places of answers that the real server owes, oldest first. */
  readonly #reserved: { readonly id: string | undefined; readonly place: Reservation }[] = [];
  #actions: ServerAction[] = [];
  #now = 0;
  /** `client-ended`: the client sends no more, and gets what is on its way; `over`: closed from here. */
  #state: 'open' | 'client-ended' | 'over' = 'open';
  /** A negotiation that was not recorded was answered. */
  #negotiated = false;

  constructor(plan: SessionPlan, options: ServerOptions) {
    const { unstable } = options;
    const bindings = new Bindings('client');
    this.plan = plan;
    this.#framer = new Framer(inputProfile(plan));
    this.#options = options;
    if (options.match === 'strict') {
      this.#matching = new StrictMatching(plan, unstable);
      this.#cues = new StrictCues(plan);
    } else {
      this.#events = new EventSchedule(plan, options.pace);
      this.#progress = new Progress(plan, this.#events.causes.changes);
      const repeat = options.repeat.map(compileGlob);
      const mayRepeat = (name: string): boolean => repeat.some((matches) => matches(name));
      this.#matching = new ContentMatching(plan, { unstable, progress: this.#progress, bindings, mayRepeat });
      this.#cues = new ContentCues(plan);
    }
    this.#sent = new SentMessages(plan, options.earlier);
    this.#delivery = new Delivery(plan, {
      pace: options.pace,
      sent: this.#sent,
      bindings,
      events: this.#events,
      progress: this.#progress,
    });
    this.#account = new ServerAccount(plan, options.match, this.#matching, unstable);
    this.#errorResponse = errorResponses(plan);
  }

  /** What was replayed so far, and what is left. */
  get account(): ServerAccount {
    return this.#account;
  }

  /** The client is there. Times, here and below: nanoseconds of any monotonic clock. */
  connect(t: number): readonly ServerAction[] {
    this.#now = t;
    this.#delivery.connected(t);
    if (this.plan.lacksGreeting) this.#send(madeUpGreeting(this.plan));
    this.#delivery.schedule(this.#cues.connected(), t);
    this.#events?.happened(-1, t);
    return this.#flush();
  }

  /** Bytes from the client. They are not kept. */
  receive(bytes: Uint8Array, t: number): readonly ServerAction[] {
    this.#now = t;
    if (this.#state !== 'over') this.#framer.push(bytes, this.#frames);
    return this.#flush();
  }

  /** The client sends no more. It still gets what is on its way. */
  end(t: number): readonly ServerAction[] {
    this.#now = t;
    if (this.#state !== 'open') return this.#flush();
    this.#state = 'client-ended';
    this.#events?.ended(t);
    this.#framer.end({
      frame: (frame) => {
        this.#diverge(this.#account.cutOff(frame));
      },
      trailer: () => undefined,
    });
    return this.#flush();
  }

  /** What the client sent where the recording has its message `seq`; undefined if it did not. */
  sentNow(seq: number): SentNow | undefined {
    return this.#sent.find(seq);
  }

  /** It is time for what `wake` asked for. */
  tick(t: number): readonly ServerAction[] {
    this.#now = t;
    return this.#flush();
  }

  /** The real server's answer to what was forwarded, oldest first; undefined: there will be none. */
  forwarded(answer: Uint8Array | undefined, t: number): readonly ServerAction[] {
    this.#now = t;
    const owed = this.#reserved.shift();
    if (owed) {
      const none = 'qmptap replay: the server that this was forwarded to is gone';
      this.#delivery.outbox.fill(owed.place, answer ?? this.#errorResponse(none, owed.id));
    }
    return this.#flush();
  }

  /** What the real server sent of its own accord. */
  relay(bytes: Uint8Array, t: number): readonly ServerAction[] {
    this.#now = t;
    this.#delivery.outbox.interject(bytes, t);
    return this.#flush();
  }

  #understand(bytes: Uint8Array, problem: string | undefined): void {
    if (this.#state === 'over') return;
    if (this.#events === undefined && !this.#delivery.outbox.empty) this.#delivery.outbox.hurry(this.#now);
    const spelled = problem === undefined ? this.#matching.takeSpelled(bytes) : undefined;
    if (spelled) {
      this.#play(spelled, bytes, idOf(bytes));
      return;
    }
    const what = classifyClient(bytes, problem);
    const frame: ClientFrame = { kind: what.kind, name: what.name, bytes };
    const id = what.id === undefined ? undefined : idOf(bytes);
    const match = this.#matching.take(frame);
    const refused = problem ?? what.problem;
    if (!match && refused === undefined && this.#negotiates(what.name)) {
      this.#send(madeUpNegotiation(this.plan, id));
      return;
    }
    if (!match) this.#events?.strayed(this.#now);
    if (match) this.#play(match, bytes, id);
    else if (refused === undefined) this.#miss(frame, id);
    else this.#garbage(frame, id, refused);
  }

  /** Whether this is how a client begins, of which an excerpt knows nothing; a client begins once. */
  #negotiates(name: string | undefined): boolean {
    if (!this.plan.lacksNegotiation || this.#negotiated || name !== negotiation) return false;
    this.#negotiated = true;
    return true;
  }

  #play(match: Match, bytes: Uint8Array, id: string | undefined): void {
    const { place } = match;
    this.#sent.add(place, bytes, id, this.#now);
    this.#account.played(match);
    this.#delivery.schedule(this.#cues.taken(place), this.#now);
    if (match.repeated) {
      this.#events?.strayed(this.#now);
      return;
    }
    this.#progress?.reached(place);
    this.#progress?.happened(place);
    this.#events?.taken(place, this.#now);
    const unknown = this.#account.unknownAnswer(place);
    if (unknown === undefined) return;
    this.#diverge(unknown);
    this.#send(this.#errorResponse(`qmptap replay: ${unknown.summary}`, id));
  }

  /** A command that has no place in the recording (any more). */
  #miss(frame: ClientFrame, id: string | undefined): void {
    if (this.#options.onMiss === 'forward') {
      this.#account.forwarded();
      this.#reserved.push({ id, place: this.#delivery.outbox.reserve(this.#now) });
      this.#actions.push({ do: 'forward', bytes: frame.bytes.slice() });
      return;
    }
    const told = this.#account.miss(frame);
    this.#refuse(told, `qmptap replay: ${told.summary}`, id);
  }

  /** What QEMU itself would refuse is refused in its words. */
  #garbage(frame: ClientFrame, id: string | undefined, problem: string): void {
    this.#refuse(this.#account.garbage(frame, problem), problem, id);
  }

  #refuse(told: Divergence | undefined, desc: string, id: string | undefined): void {
    this.#diverge(told);
    if (told && this.#options.onMiss === 'close')
      this.#delivery.outbox.add({ kind: 'close', how: 'end' }, this.#now);
    else this.#send(this.#errorResponse(desc, id));
  }

  #send(bytes: Uint8Array): void {
    this.#delivery.outbox.add({ kind: 'bytes', bytes }, this.#now);
  }

  #diverge(divergence: Divergence | undefined): void {
    if (divergence) this.#actions.push({ do: 'diverge', divergence });
  }

  /** Sends what is due. */
  #deliver(): void {
    while (this.#state !== 'over') {
      const next = this.#delivery.next(this.#now);
      if (next === undefined) return;
      if (next.kind === 'bytes') this.#actions.push({ do: 'send', bytes: next.bytes });
      else this.#close(next.how);
    }
  }

  #flush(): readonly ServerAction[] {
    this.#deliver();
    if (this.#state !== 'over') {
      const at = this.#delivery.wakeAt;
      if (at !== undefined) this.#actions.push({ do: 'wake', at });
      else if (this.#state === 'client-ended' && this.#delivery.isEmpty) this.#close('end');
    }
    const actions = this.#actions;
    this.#actions = [];
    return actions;
  }

  #close(how: 'end' | 'reset'): void {
    this.#state = 'over';
    this.#actions.push({ do: 'close', how });
  }
}
