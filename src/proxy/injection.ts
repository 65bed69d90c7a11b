/**
 * Lets the user of the proxy speak into a client's session unnoticed by the client: sends a command between two
 * exchanges, and takes its response out of what the client gets. Everything else is forwarded byte for byte.
 *
 *     waiting ──greeting──► greeted ──success──► ready        only a client that has negotiated can be joined
 *     ready, ending ──our command──► asking ──our response──► ending ──next frame──► ready
 *     every state ──end──► over
 *
 * While `ending`, white space behind our response may still come. Then and while `asking`, frames of the server are forwarded only when they are whole: ours may be among them.
 * Agents never greet, and old ones know no ids: into their sessions nothing is sent.
 */
import { Framer, type FrameSink } from '../json/framing/framer.js';
import { InputFramer, type InputSink } from '../json/framing/input-framer.js';
import { serverOutput } from '../json/framing/profile.js';
import { parseJson } from '../json/parse.js';
import { printQmp } from '../json/print.js';
import { isObject, type JsonObject, type JsonValue } from '../json/value.js';
import { UsageError } from '../errors.js';
import { readGreeting } from '../qmp/greeting.js';
import { readRefusal, rulesOfVersion } from '../qmp/input-rules.js';
import { type Classified, classifyClient, classifyServer } from '../qmp/message.js';

/** What the user asked for, and the callbacks for when it was sent or refused. */
interface Waiting {
  readonly command: JsonObject;
  readonly sent: (bytes: Uint8Array) => void;
  readonly refused: (why: string) => void;
}

type State = 'waiting' | 'greeted' | 'ready' | 'asking' | 'ending' | 'over';

export class Injection {
  readonly #client = new WatchedClient();
  readonly #server = new WatchedServer();
  readonly #queue: Waiting[] = [];
  #state: State = 'waiting';
  #count = 0;
  /** The id of our last command, as JSON text. */
  #id = '';

  /** Takes note of what the client sent. All of it is to be forwarded. */
  fromClient(bytes: Uint8Array): void {
    this.#client.push(bytes);
  }

  /** Gives what of the server's bytes is to be forwarded: all, but for the response to our command. */
  fromServer(bytes: Uint8Array): readonly Uint8Array[] {
    const holding = this.#holds;
    const kept = this.#server.push(bytes, (frame, problem) => this.#isForClient(frame, problem));
    if (this.#state === 'ending' && this.#server.isWhole) this.#state = 'ready';
    if (holding) return kept;
    return bytes.length > 0 ? [bytes] : [];
  }

  /** The server says no more: what was held back of an unfinished frame. */
  end(): readonly Uint8Array[] {
    const rest = this.#holds ? this.#server.rest() : [];
    this.#state = 'over';
    this.refuse('the session ended before it could be sent');
    return rest;
  }

  /** Sends a command as soon as that is safe. `sent` gets its bytes, or `refused` a reason. */
  inject(command: JsonObject, sent: (bytes: Uint8Array) => void, refused: (why: string) => void): void {
    if (this.#state === 'over') refused('the session has ended');
    else this.#queue.push({ command, sent, refused });
  }

  /** Whether a command waits to be sent. */
  get waits(): boolean {
    return this.#queue.length > 0;
  }

  /** Gives up what still waits. */
  refuse(why: string): void {
    for (const waiting of this.#queue.splice(0)) waiting.refused(why);
  }

  /** The bytes to send to the server now, if a command waits and this is a moment between two exchanges. */
  next(): Uint8Array | undefined {
    if (this.#state !== 'ready' && this.#state !== 'ending') return undefined;
    if (!this.#client.isIdle || !this.#server.isBetween) return undefined;
    const waiting = this.#queue.shift();
    if (waiting === undefined) return undefined;
    const id = `qmptap-${++this.#count}`;
    this.#id = JSON.stringify(id);
    this.#state = 'asking';
    const members = new Map<string, JsonValue>([...waiting.command].filter(([key]) => key !== 'id'));
    const bytes = new TextEncoder().encode(`${printQmp(members.set('id', id))}\r\n`);
    waiting.sent(bytes);
    return bytes;
  }

  get #holds(): boolean {
    return this.#state === 'asking' || this.#state === 'ending';
  }

  #isForClient(frame: Uint8Array, problem: string | undefined): boolean {
    const what = classifyServer(frame, problem);
    this.#client.learnRules(what.kind, frame);
    if (what.kind === 'greeting' && this.#state === 'waiting') this.#state = 'greeted';
    if (what.kind !== 'success' && what.kind !== 'error') return true;
    if (this.#state === 'asking' && what.id === this.#id) {
      this.#state = 'ending';
      return false;
    }
    this.#client.answered();
    if (this.#state === 'greeted' && what.kind === 'success') this.#state = 'ready';
    return true;
  }
}

/** What the client has asked, by the rules of its server. */
class WatchedClient implements InputSink {
  readonly #framer = new InputFramer();
  #in = 0;
  #out = 0;
  #unanswered = 0;
  /** Of those, what only the classic rules know. */
  #doubtful = 0;

  /** No message has begun that is not complete, and all are answered. */
  get isIdle(): boolean {
    return this.#in === this.#out && !this.#framer.goesOn && this.#unanswered === 0;
  }

  push(bytes: Uint8Array): void {
    this.#in += bytes.length;
    this.#framer.push(bytes, this);
  }

  answered(): void {
    this.#unanswered = Math.max(0, this.#unanswered - 1);
  }

  learnRules(kind: Classified['kind'], frame: Uint8Array): void {
    if (this.#framer.rules !== 'unknown' || (kind !== 'greeting' && kind !== 'error')) return;
    const rules = kind === 'greeting' ? rulesOfVersion(readGreeting(frame).qemu) : readRefusal(frame).rules;
    if (rules === undefined) return;
    if (rules === 'eager') this.#unanswered = Math.max(0, this.#unanswered - this.#doubtful);
    this.#framer.decide(rules, this);
  }

  frame(bytes: Uint8Array, problem: string | undefined, _members?: unknown, doubtful = false): void {
    this.#out += bytes.length;
    if (classifyClient(bytes, problem).kind === 'sync') return;
    this.#unanswered += 1;
    if (doubtful) this.#doubtful += 1;
  }

  trailer(bytes: Uint8Array): void {
    this.#out += bytes.length;
  }
}

/** What the server says, cut into frames as it passes. */
class WatchedServer {
  readonly #framer = new Framer(serverOutput);
  #in = 0;
  #out = 0;
  #keepsTrailer = true;

  /** No frame has begun that is not complete. */
  get isBetween(): boolean {
    return this.#in === this.#out;
  }

  /** The same, and nothing that comes next can belong to a frame that was not kept. */
  get isWhole(): boolean {
    return this.isBetween && this.#keepsTrailer;
  }

  /** Gives the frames that `keep` keeps, each with what belongs to it. */
  push(bytes: Uint8Array, keep: (frame: Uint8Array, problem: string | undefined) => boolean): Uint8Array[] {
    const kept: Uint8Array[] = [];
    const take = (part: Uint8Array, wanted: boolean): void => {
      this.#out += part.length;
      if (wanted) kept.push(part.slice());
    };
    const sink: FrameSink = {
      frame: (frame, problem) => {
        this.#keepsTrailer = keep(frame, problem);
        take(frame, this.#keepsTrailer);
      },
      trailer: (part) => {
        take(part, this.#keepsTrailer);
      },
    };
    this.#in += bytes.length;
    this.#framer.push(bytes, sink);
    return kept;
  }

  /** What the framer holds of an unfinished frame. */
  rest(): Uint8Array[] {
    const kept: Uint8Array[] = [];
    const take = (part: Uint8Array): void => void kept.push(part.slice());
    this.#framer.end({ frame: take, trailer: take });
    return kept;
  }
}

/**
 * Reads a command as a user types it: the whole JSON object, or a name with its arguments behind it.
 * @throws UsageError if it is neither
 */
export function readCommand(text: string): JsonObject {
  const [, name, given = ''] = /^\s*([A-Za-z][\w-]*)\s*([^]*)$/.exec(text) ?? [];
  const value = parsed(name === undefined ? text : given.trim() === '' ? '{}' : given, text);
  if (!isObject(value))
    throw new UsageError({
      subject: text,
      reason: 'not a JSON object',
      remedy: 'write NAME or NAME {"argument": …}',
    });
  if (name !== undefined) {
    return new Map<string, JsonValue>([
      ['execute', name],
      ...(value.size > 0 ? [['arguments', value] as const] : []),
    ]);
  }
  if (typeof value.get('execute') === 'string') return value;
  throw new UsageError({ subject: text, reason: 'it has no "execute" with a command\'s name' });
}

function parsed(json: string, text: string): JsonValue {
  try {
    return parseJson(json);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError({ subject: text, reason }, { cause: error });
  }
}
