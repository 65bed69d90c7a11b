/**
 * Checks a recording against the protocol: what neither peer should have done, and what is missing.
 */
import { parseJson, tryParse } from '../json/parse.js';
import { isArray, isObject } from '../json/value.js';
import { JsonError } from '../errors.js';
import type { Direction, Message } from '../recording/message.js';
import type { RecordingReader } from '../recording/ports.js';
import type { Session } from '../recording/session.js';

/** The rules, each with what it means for the reader of a report. */
export const checkRules = {
  malformed: 'the peer could not parse this',
  'not-negotiated': 'a command before the capabilities negotiation',
  'no-command': 'a response that answers no command',
  'too-many-in-flight': 'more in-band commands in flight than the server queues with out-of-band enabled',
  'line-ending': 'a server message that does not end in CRLF, which libvirt waits for',
  'invalid-json': 'a server message that is not valid JSON',
  'invalid-command': 'a command that the server cannot dispatch',
  'oob-not-enabled': 'an out-of-band command without the capability enabled',
  partial: 'a message cut off by the close',
  unanswered: 'a command that was never answered',
} as const;
export type CheckRule = keyof typeof checkRules;

/** `violation`: a peer broke the protocol. `note`: worth knowing, but not a fault. */
export interface Finding {
  readonly severity: 'violation' | 'note';
  readonly rule: CheckRule;
  readonly session: number;
  readonly seq: number;
  /** The particulars; wire text in it is not escaped. */
  readonly text: string;
}

/** QEMU's queue holds eight waiting commands (`QMP_REQ_QUEUE_LEN_MAX`), besides the one that it executes. */
const maximumInFlight = 9;

/** Larger messages are not parsed to the end: 1 MB takes some 20 ms. */
const maximumParsedBytes = 16 << 20;

/** Everything found in a recording, in the order of its messages; unanswered commands last in each session. */
export function* checkMessages(reader: RecordingReader): Iterable<Finding> {
  for (const session of reader.sessions()) {
    const check = new SessionCheck(session);
    for (const message of reader.messages({ session: session.id })) yield* check.message(message);
    yield* check.end();
  }
}

/** The capabilities negotiation. A failed one goes back to where it began. */
type Negotiation =
  /** The recording has no greeting, so that no command is too early. */
  | { readonly step: 'unknown' }
  | { readonly step: 'greeted' }
  /** The command `qmp_capabilities` with this seq was sent; `oob`: it enables out-of-band. */
  | {
      readonly step: 'asked';
      readonly seq: number;
      readonly oob: boolean;
      readonly before: 'unknown' | 'greeted';
    }
  | { readonly step: 'done'; readonly oob: boolean };

type InFlight = Pick<Message, 'seq' | 'kind' | 'name' | 'oob'>;

/** Checks one session, message by message. */
export class SessionCheck {
  readonly #session: Session;
  /**
   * The recording begins in the middle of the session, without the greeting: a recorder was killed and started
   * again, or it is an excerpt of a log. The first line of a direction may be the rest of a message, and the first
   * responses may answer earlier commands.
   */
  readonly #joined: boolean;
  readonly #firstLines: Set<Direction>;
  /** A command of this recording was answered in band. */
  #answered = false;
  /** Unanswered commands, by seq. */
  readonly #inFlight = new Map<number, InFlight>();
  #inBand = 0;
  #negotiation: Negotiation = { step: 'unknown' };

  constructor(session: Session) {
    this.#session = session;
    this.#joined = session.dialect === 'qmp' && session.version === undefined;
    this.#firstLines = new Set(this.#joined ? ['c2s', 's2c'] : []);
  }

  *message(message: Message): Iterable<Finding> {
    const isRest = this.#firstLines.has(message.dir);
    if (isRest && message.raw.at(-1) === 0x0a) this.#firstLines.delete(message.dir);
    for (const found of this.#judge(message)) yield isRest ? { ...found, severity: 'note' } : found;
  }

  *#judge(message: Message): Iterable<Finding> {
    switch (message.kind) {
      case 'greeting':
        if (this.#negotiation.step === 'unknown') this.#negotiation = { step: 'greeted' };
        yield* this.#serverForm(message);
        return;
      case 'command':
        yield* this.#command(message);
        return;
      case 'success':
      case 'error':
        yield* this.#response(message);
        return;
      case 'event':
        yield* this.#serverForm(message);
        return;
      case 'malformed':
        yield this.#found('violation', 'malformed', message, message.problem ?? 'unknown');
        if (message.dir === 'c2s') this.#await(message);
        return;
      case 'sync':
        if (message.dir === 'c2s') this.#await(message);
        return;
      case 'partial':
        yield this.#found('note', 'partial', message, `${message.raw.length} bytes`);
        return;
    }
  }

  *end(): Iterable<Finding> {
    for (const command of this.#inFlight.values()) {
      if (command.kind === 'command')
        yield this.#found('note', 'unanswered', command, command.name ?? 'nameless');
    }
  }

  /** At most one violation: QEMU answers an input with the first error that it finds, and so do we. */
  *#command(message: Message): Iterable<Finding> {
    const problem = this.#commandProblem(message);
    const { step } = this.#negotiation;
    const isFirst = step === 'unknown' || step === 'greeted';
    if (isFirst && this.#session.dialect === 'qmp' && message.name === 'qmp_capabilities') {
      this.#negotiation = {
        step: 'asked',
        seq: message.seq,
        oob: enablesOob(message.raw),
        before: step,
      };
    }
    this.#await(message);
    if (problem !== undefined) yield problem;
    else if (!message.oob && this.#oobEnabled && this.#inBand === maximumInFlight + 1)
      yield this.#found('violation', 'too-many-in-flight', message, `${this.#inBand} in flight`);
  }

  /** In QEMU's order (`qmp_dispatch`): the input's form, `exec-oob` where it is not enabled, then the command. */
  #commandProblem(message: Message): Finding | undefined {
    const { name = 'nameless', problem, oob } = message;
    if (problem !== undefined) return this.#found('violation', 'invalid-command', message, problem);
    if (this.#session.dialect !== 'qmp') return undefined;
    if (oob && !this.#oobEnabled) return this.#found('violation', 'oob-not-enabled', message, name);
    if (this.#negotiation.step === 'greeted' && name !== 'qmp_capabilities')
      return this.#found('violation', 'not-negotiated', message, name);
    return undefined;
  }

  *#response(message: Message): Iterable<Finding> {
    yield* this.#serverForm(message);
    if (message.replyTo === undefined) {
      const severity = this.#joined && !this.#answered ? 'note' : 'violation';
      if (message.late === undefined)
        yield this.#found(severity, 'no-command', message, message.id ?? 'no id');
      return;
    }
    const command = this.#inFlight.get(message.replyTo);
    if (command) {
      this.#inFlight.delete(message.replyTo);
      if (!command.oob) {
        this.#inBand -= 1;
        // In-band responses come in order: all that answer earlier commands have come.
        this.#answered = true;
      }
    }
    const asked = this.#negotiation;
    if (asked.step !== 'asked' || message.replyTo !== asked.seq) return;
    this.#negotiation =
      message.kind === 'success' ? { step: 'done', oob: asked.oob } : { step: asked.before };
  }

  get #oobEnabled(): boolean {
    return this.#negotiation.step === 'done' && this.#negotiation.oob;
  }

  *#serverForm(message: Message): Iterable<Finding> {
    const { raw } = message;
    if (this.#session.dialect === 'qmp' && !(raw.at(-1) === 0x0a && raw.at(-2) === 0x0d)) {
      yield this.#found(
        'violation',
        'line-ending',
        message,
        raw.at(-1) === 0x0a ? 'LF only' : 'no line ending',
      );
    }
    if (raw.length > maximumParsedBytes) return;
    try {
      parseJson(raw);
    } catch (error) {
      if (!(error instanceof JsonError)) throw error;
      yield this.#found('violation', 'invalid-json', message, error.reason);
    }
  }

  #await(message: Message): void {
    const { seq, kind, name, oob } = message;
    this.#inFlight.set(seq, { seq, kind, name, oob });
    if (!message.oob) this.#inBand += 1;
  }

  #found(
    severity: Finding['severity'],
    rule: CheckRule,
    { seq }: { readonly seq: number },
    text: string,
  ): Finding {
    return { severity, rule, session: this.#session.id, seq, text };
  }
}

function enablesOob(raw: Uint8Array): boolean {
  const command = tryParse(raw);
  const given = isObject(command) ? command.get('arguments') : undefined;
  const enable = isObject(given) ? given.get('enable') : undefined;
  return isArray(enable) && enable.includes('oob');
}
