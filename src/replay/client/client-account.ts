/**
 * The account of a replayed client: how much was sent and compared, and each divergence with the lines that led to
 * it. Decisions are made in `client.ts`.
 */
import type { Difference } from '../../json/difference.js';
import type { Message } from '../../recording/message.js';
import { actualLine, type Divergence, divergence, type Line, recordedLine } from '../match/divergence.js';
import type { SessionPlan } from '../plan/plan.js';
import { spokenName } from '../match/wire-text.js';

type Told = Pick<Divergence, 'kind' | 'summary'> & Partial<Divergence>;

/** Enough to recognise the place. */
const linesBefore = 4;

/** Of what is missing the first are shown and all are counted. */
const missingShown = 10;

export class ClientAccount {
  /** Messages of the client that were sent. */
  sent = 0;
  /** Messages of the client that `--read-only` kept back. */
  skipped = 0;
  /** Messages of the server that were compared with the recorded ones. */
  compared = 0;
  diverged = 0;
  readonly #plan: SessionPlan;

  constructor(plan: SessionPlan) {
    this.#plan = plan;
  }

  get session(): number {
    return this.#plan.session.id;
  }

  different(
    recorded: Message,
    command: Message | undefined,
    actual: Uint8Array,
    found: readonly Difference[],
  ): Divergence {
    const what = recorded.kind === 'event' ? `the event ${named(recorded)}` : this.#answer(recorded, command);
    const places = found.length === 1 ? '1 place' : `${found.length} places`;
    return this.#told({
      kind: 'difference',
      summary: `${what} differs in ${places}`,
      before: command ? [recordedLine(command)] : [],
      expected: [recordedLine(recorded)],
      actual: [actualLine('s2c', actual)],
      differences: found,
    });
  }

  /** The server sent what the recording does not have; `command` is what it answers. */
  unexpected(actual: Uint8Array, command: Message | undefined): Divergence {
    const summary = command
      ? `the server answered '${named(command)}' (message ${command.seq}), which has no answer in the recording`
      : 'the server sent what the recording does not have (any more)';
    const before = command ? [recordedLine(command)] : [];
    return this.#told({ kind: 'unexpected', summary, before, actual: [actualLine('s2c', actual)] });
  }

  outOfOrder(command: Message, overtaken: Message, actual: Uint8Array): Divergence {
    const summary = `the answer to '${named(command)}' (message ${command.seq}) came before the one to '${named(overtaken)}' (message ${overtaken.seq})`;
    const before = [recordedLine(overtaken), recordedLine(command)];
    return this.#told({ kind: 'out-of-order', summary, before, actual: [actualLine('s2c', actual)] });
  }

  /** @param timeout nanoseconds */
  neverCame(awaited: readonly Message[], next: number, timeout: number): Divergence {
    const bound = `${timeout / 1e9} s`;
    const summary =
      awaited.length === 0
        ? `the server did not close the connection within ${bound}, as it did in the recording`
        : `${counted(awaited.length)} did not come within ${bound}`;
    return this.#told({ kind: 'never-came', summary, ...this.#missing(awaited, next) });
  }

  closedEarly(awaited: readonly Message[], next: number): Divergence {
    const left = this.#plan.steps.slice(next).filter(({ message }) => message.dir === 'c2s').length;
    const sent =
      left === 1 ? '1 recorded message of the client was' : `${left} recorded messages of the client were`;
    const unsent = left === 0 ? '' : `; ${sent} not sent`;
    const summary = `the server closed the connection, and not so in the recording${unsent}`;
    return this.#told({ kind: 'closed-early', summary, ...this.#missing(awaited, next) });
  }

  #missing(awaited: readonly Message[], next: number): Pick<Divergence, 'before' | 'expected'> {
    return { before: this.#before(next), expected: awaited.slice(0, missingShown).map(recordedLine) };
  }

  #before(next: number): Line[] {
    const steps = this.#plan.steps.slice(Math.max(0, next - linesBefore), next);
    return steps.map(({ message }) => recordedLine(message));
  }

  #answer(recorded: Message, command: Message | undefined): string {
    if (command) return `the answer to '${named(command)}' (message ${command.seq})`;
    return recorded.kind === 'greeting' ? 'the greeting' : `message ${recorded.seq}`;
  }

  #told(told: Told): Divergence {
    this.diverged += 1;
    return divergence({ session: this.session, ...told });
  }
}

function counted(messages: number): string {
  return messages === 1 ? '1 message that was recorded' : `${messages} messages that were recorded`;
}

function named({ name, kind }: Message): string {
  return spokenName(name ?? kind);
}
