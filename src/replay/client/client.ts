/**
 * A recorded client: what the server sends and the time go in, what to do comes out. Sends each recorded message,
 * byte for byte, once everything recorded before it has come, and compares all that comes with the recording.
 * The sockets and the clock are in `launch/replay/replay-client.ts`.
 */
import { serverOutput } from '../../json/framing/profile.js';
import { Framer } from '../../json/framing/framer.js';
import { type Classified, classifyServer } from '../../qmp/message.js';
import type { Message } from '../../recording/message.js';
import type { Unstable } from '../../recording/unstable.js';
import { ClientAccount } from './client-account.js';
import { Bindings } from '../match/bindings.js';
import { compareWithRecorded, sameText } from '../match/compare.js';
import type { Divergence } from '../match/divergence.js';
import { Expectations } from './expectations.js';
import { type Pace, paced } from '../timing/pacing.js';
import type { SessionPlan, Step } from '../plan/plan.js';
import { isReadOnly } from '../match/read-only.js';
import { returnedValue } from '../../qmp/sync.js';

export type ClientAction =
  /** Send these bytes, which are the message's but for what the server made up, with as many descriptors as it had. */
  | { readonly do: 'send'; readonly message: Message; readonly bytes: Uint8Array }
  /** `--read-only`: this message is not sent. */
  | { readonly do: 'skip'; readonly message: Message }
  /** Call `tick` at this time, unless something comes before. */
  | { readonly do: 'wake'; readonly at: number }
  | { readonly do: 'diverge'; readonly divergence: Divergence }
  /** The replay is over: close the connection. */
  | { readonly do: 'close'; readonly how: 'end' | 'reset' };

export interface ClientOptions {
  readonly pace: Pace;
  readonly unstable: Unstable;
  /** Send only what asks; see `read-only.ts`. */
  readonly readOnly: boolean;
  /** Nanoseconds to wait for what was recorded. */
  readonly timeout: number;
}

export class ReplayedClient {
  readonly plan: SessionPlan;
  readonly account: ClientAccount;
  readonly #options: ClientOptions;
  readonly #framer = new Framer(serverOutput);
  readonly #expectations: Expectations;
  readonly #bindings = new Bindings('server');
  /** Everything before this place has been sent or has come. */
  #next = 0;
  /** When the last expected thing happened. */
  #progress = 0;
  #now = 0;
  #over = false;
  /** What made the recorded server close was not sent. */
  #closeWaived = false;
  /** By the place of the client's message that they lead back to; made when it is first asked for. */
  #caused: Map<number, number[]> | undefined;
  #actions: ClientAction[] = [];

  /** @param plan with what was injected kept: the recorded server got that too */
  constructor(plan: SessionPlan, options: ClientOptions) {
    this.plan = plan;
    this.account = new ClientAccount(plan);
    this.#options = options;
    this.#expectations = new Expectations(plan);
  }

  /** The connection is there. Times, here and below: nanoseconds of any monotonic clock. */
  connect(t: number): readonly ClientAction[] {
    this.#now = t;
    this.#progress = t;
    return this.#advance();
  }

  /** Bytes from the server. They are not kept. */
  receive(bytes: Uint8Array, t: number): readonly ClientAction[] {
    this.#now = t;
    if (!this.#over) {
      this.#framer.push(bytes, {
        frame: (frame, problem) => {
          this.#arrive(frame, classifyServer(frame, problem));
        },
        trailer: () => undefined,
      });
    }
    return this.#advance();
  }

  /** The server has closed the connection. */
  end(t: number): readonly ClientAction[] {
    this.#now = t;
    if (this.#over) return this.#taken();
    this.#framer.end({
      frame: (frame) => {
        this.#arrive(frame, cutOff);
      },
      trailer: () => undefined,
    });
    if (!this.#walk()) {
      const awaited = this.#awaited();
      const rest = this.plan.steps.slice(this.#next).some(({ message }) => message.dir === 'c2s');
      if (awaited.length > 0 || rest) this.#diverge(this.account.closedEarly(awaited, this.#next));
      this.#close();
    }
    return this.#taken();
  }

  /** It is time for what `wake` asked for. */
  tick(t: number): readonly ClientAction[] {
    this.#now = t;
    return this.#advance();
  }

  #arrive(frame: Uint8Array, what: Classified): void {
    if (this.#over) return;
    const { steps } = this.plan;
    const compared = (place: number): ReturnType<typeof compareWithRecorded> => {
      const recorded = steps[place]?.message;
      if (recorded === undefined) return [];
      const now = { ...recorded, raw: this.#bindings.asNow(recorded.raw) };
      return compareWithRecorded(now, frame, recorded.command, this.#options.unstable);
    };
    const isLike = (place: number): boolean => compared(place).length === 0;
    const { place, command, overtook } = this.#expectations.arrived(what, isLike, () => returnedValue(frame));
    if (overtook && command) this.#diverge(this.account.outOfOrder(command, overtook, frame));
    if (place === undefined) {
      // An imported recording may lack the greeting; a server always sends one.
      if (what.kind === 'greeting' && this.plan.lacksGreeting) return;
      this.#diverge(this.account.unexpected(frame, command));
      return;
    }
    this.#progress = this.#now;
    const recorded = steps[place]?.message;
    if (recorded && !sameText(recorded.raw, frame))
      this.#bindings.learn(recorded.command ?? '', recorded.raw, frame);
    const found = compared(place);
    this.account.compared += 1;
    if (recorded && found.length > 0) this.#diverge(this.account.different(recorded, command, frame, found));
    // What comes after the last step in the same chunk must not matter, for it might as well come later.
    this.#walk();
  }

  #advance(): readonly ClientAction[] {
    if (!this.#walk()) {
      const due = this.#due();
      const deadline = this.#progress + this.#options.timeout;
      if (due !== undefined) this.#actions.push({ do: 'wake', at: due });
      else if (this.#now < deadline) this.#actions.push({ do: 'wake', at: deadline });
      else this.#giveUp();
    }
    return this.#taken();
  }

  /** Sends what may be sent now; true when there is nothing more to send and to wait for. */
  #walk(): boolean {
    const { steps, close } = this.plan;
    for (; this.#next < steps.length && !this.#over; this.#next++) {
      const step = steps[this.#next];
      if (step === undefined) break;
      if (step.message.dir === 's2c') {
        if (!this.#expectations.isMet(this.#next)) return false;
      } else if (this.#options.readOnly && !isReadOnly(step.message)) {
        this.#skip(this.#next, step);
      } else {
        if (this.#sendAt(step) > this.#now) return false;
        this.#send(step.message);
      }
    }
    if (close === undefined || this.#closeWaived) this.#close();
    return this.#over;
  }

  /** When the next message of the client is due, if it waits for nothing but that. */
  #due(): number | undefined {
    const step = this.plan.steps[this.#next];
    return step?.message.dir === 'c2s' ? this.#sendAt(step) : undefined;
  }

  #sendAt(step: Step): number {
    return this.#progress + paced(step.gap, this.#options.pace);
  }

  #send(message: Message): void {
    this.#progress = this.#now;
    this.account.sent += 1;
    this.#expectations.sent(message, this.#now);
    this.#actions.push({ do: 'send', message, bytes: this.#bindings.asNow(message.raw) });
  }

  /** What a message causes will not come if it is not sent. */
  #skip(place: number, { message }: Step): void {
    this.account.skipped += 1;
    this.#closeWaived ||= this.plan.steps.at(-1)?.origin === place;
    this.#actions.push({ do: 'skip', message });
    for (const caused of this.#causedBy(place)) this.#expectations.waive(caused);
  }

  /** Places of what the server sends because of the client's message at a place. */
  #causedBy(place: number): readonly number[] {
    if (this.#caused === undefined) {
      this.#caused = new Map<number, number[]>();
      for (const [at, { message, origin }] of this.plan.steps.entries()) {
        const known = this.#caused.get(origin);
        if (message.dir === 'c2s') continue;
        if (known === undefined) this.#caused.set(origin, [at]);
        else known.push(at);
      }
    }
    return this.#caused.get(place) ?? [];
  }

  /** What must come before the next message of the client. */
  #awaited(): Message[] {
    const awaited: Message[] = [];
    for (let place = this.#next; place < this.plan.steps.length; place++) {
      const message = this.plan.steps[place]?.message;
      if (message === undefined || message.dir === 'c2s') break;
      if (!this.#expectations.isMet(place)) awaited.push(message);
    }
    return awaited;
  }

  #giveUp(): void {
    this.#diverge(this.account.neverCame(this.#awaited(), this.#next, this.#options.timeout));
    this.#close();
  }

  #diverge(divergence: Divergence): void {
    this.#actions.push({ do: 'diverge', divergence });
  }

  #close(): void {
    if (this.#over) return;
    this.#over = true;
    this.#actions.push({ do: 'close', how: this.plan.session.end === 'client-reset' ? 'reset' : 'end' });
  }

  #taken(): readonly ClientAction[] {
    const actions = this.#actions;
    this.#actions = [];
    return actions;
  }
}

const cutOff: Classified = {
  kind: 'partial',
  name: undefined,
  id: undefined,
  oob: false,
  problem: undefined,
};
