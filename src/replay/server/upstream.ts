/**
 * The real server behind a replayed one, for commands that were not recorded: greets it, negotiates as the recorded
 * client did, forwards, and tells answers from events.
 */
import { serverOutput } from '../../json/framing/profile.js';
import { Framer } from '../../json/framing/framer.js';
import { classifyServer } from '../../qmp/message.js';
import type { SessionPlan } from '../plan/plan.js';

export type UpstreamAction =
  | { readonly do: 'send'; readonly bytes: Uint8Array }
  /** For the oldest command that was forwarded and not answered. */
  | { readonly do: 'answer'; readonly bytes: Uint8Array }
  /** Sent by the server of its own accord. */
  | { readonly do: 'relay'; readonly bytes: Uint8Array };

const plainNegotiation = new TextEncoder().encode('{"execute":"qmp_capabilities"}\r\n');
const newline = 0x0a;

export class Upstream {
  readonly #framer = new Framer(serverOutput);
  readonly #negotiation: Uint8Array;
  #phase: 'greeting' | 'negotiation' | 'ready';
  #waiting: Uint8Array[] = [];
  /** Of the message that has come but for its line end. */
  readonly #parts: Uint8Array[] = [];

  constructor({ session, steps }: SessionPlan) {
    this.#phase = session.dialect === 'qga' ? 'ready' : 'greeting';
    this.#negotiation =
      steps.find(({ message }) => message.name === 'qmp_capabilities')?.message.raw ?? plainNegotiation;
  }

  /** A command of the client, sent to the server as soon as it is ready. */
  forward(command: Uint8Array): UpstreamAction[] {
    // The guest agent of some versions looks at a command only when its line ends.
    const bytes = command.at(-1) === newline ? command : joined([command, Uint8Array.of(newline)]);
    if (this.#phase === 'ready') return [{ do: 'send', bytes }];
    this.#waiting.push(bytes);
    return [];
  }

  /**
   * Bytes of the server. What is given is a copy, whole messages with their line ends: QEMU and the guest
   * agent end each message with one, and a client may wait for it.
   */
  receive(bytes: Uint8Array): UpstreamAction[] {
    const actions: UpstreamAction[] = [];
    const finish = (): void => {
      if (this.#parts.length > 0) actions.push(...this.#understand(joined(this.#parts.splice(0))));
    };
    this.#framer.push(bytes, {
      frame: (frame) => {
        finish();
        this.#parts.push(frame.slice());
      },
      trailer: (trailer) => {
        this.#parts.push(trailer.slice());
        if (trailer.at(-1) === newline) finish();
      },
    });
    return actions;
  }

  #understand(bytes: Uint8Array): UpstreamAction[] {
    const { kind } = classifyServer(bytes, undefined);
    const answers = kind === 'success' || kind === 'error';
    if (this.#phase === 'ready') return [{ do: answers ? 'answer' : 'relay', bytes }];
    if (this.#phase === 'greeting' && kind === 'greeting') {
      this.#phase = 'negotiation';
      return [{ do: 'send', bytes: this.#negotiation }];
    }
    if (this.#phase === 'negotiation' && answers) {
      this.#phase = 'ready';
      return this.#waiting.splice(0).map((waiting) => ({ do: 'send', bytes: waiting }));
    }
    return [];
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
