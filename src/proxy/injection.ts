/**
 * Lets the user of the proxy speak into a client's session without the client's noticing: sends a command
 * between two exchanges and takes its response out of what the client gets. Watches both directions from
 * the beginning; what it forwards is else byte for byte what came. Knows no socket.
 */
import { Framer, type FrameSink } from '../json/framing/framer.js';
import { classicInput, serverOutput } from '../json/framing/profile.js';
import { parseJson } from '../json/parse.js';
import { printQmp } from '../json/print.js';
import { isObject, type JsonObject, type JsonValue } from '../json/value.js';
import { UsageError } from '../errors.js';
import { classifyClient, classifyServer } from '../qmp/message.js';

/** What the user asked for, and who is told that it has gone out, or why it cannot. */
interface Waiting {
  readonly command: JsonObject;
  readonly sent: (bytes: Uint8Array) => void;
  readonly refused: (why: string) => void;
}

export class Injection {
  readonly #client = new Watched('client');
  readonly #server = new Watched('server');
  readonly #queue: Waiting[] = [];
  #unanswered = 0;
  #greeted = false;
  /** The client has negotiated: before that, QEMU takes no other command. Agents never greet; old ones know no ids. */
  #ready = false;
  #count = 0;
  /** The id of our command that has no response yet, as JSON text. */
  #awaited: string | undefined;
  /** Frames are forwarded only when they are whole: ours may be among them. */
  #holding = false;
  #over = false;

  /** Takes note of what the client sent. All of it is to be forwarded. */
  fromClient(bytes: Uint8Array): void {
    this.#client.push(bytes, (frame, problem) => {
      if (classifyClient(frame, problem).kind !== 'sync') this.#unanswered += 1;
      return true;
    });
  }

  /** Gives what of the server's bytes is to be forwarded: all, but for the response to our command. */
  fromServer(bytes: Uint8Array): readonly Uint8Array[] {
    const holding = this.#holding;
    const kept = this.#server.push(bytes, (frame, problem) => this.#isForClient(frame, problem));
    if (this.#awaited === undefined && this.#server.isWhole) this.#holding = false;
    if (holding) return kept;
    return bytes.length > 0 ? [bytes] : [];
  }

  /** The server says no more: what was held back of an unfinished frame. */
  end(): readonly Uint8Array[] {
    const rest = this.#holding ? this.#server.rest() : [];
    this.#over = true;
    this.#holding = false;
    this.refuse('the session ended before it could be sent');
    return rest;
  }

  /** Sends a command as soon as that is safe. `sent` gets its bytes, or `refused` a reason. */
  inject(command: JsonObject, sent: (bytes: Uint8Array) => void, refused: (why: string) => void): void {
    if (this.#over) refused('the session has ended');
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
    const between = this.#client.isBetween && this.#server.isBetween;
    if (!this.#ready || !between || this.#unanswered > 0 || this.#awaited !== undefined) return undefined;
    const waiting = this.#queue.shift();
    if (waiting === undefined) return undefined;
    const id = `qmptap-${++this.#count}`;
    this.#awaited = JSON.stringify(id);
    this.#holding = true;
    const members = new Map<string, JsonValue>([...waiting.command].filter(([key]) => key !== 'id'));
    const bytes = new TextEncoder().encode(`${printQmp(members.set('id', id))}\r\n`);
    waiting.sent(bytes);
    return bytes;
  }

  #isForClient(frame: Uint8Array, problem: string | undefined): boolean {
    const { kind, id } = classifyServer(frame, problem);
    this.#greeted ||= kind === 'greeting';
    if (kind !== 'success' && kind !== 'error') return true;
    if (this.#awaited !== undefined && id === this.#awaited) {
      this.#awaited = undefined;
      return false;
    }
    this.#unanswered = Math.max(0, this.#unanswered - 1);
    this.#ready ||= this.#greeted && kind === 'success';
    return true;
  }
}

/** One direction, cut into frames as it passes. */
class Watched {
  readonly #framer: Framer;
  #in = 0;
  #out = 0;
  #keepsTrailer = true;

  constructor(side: 'client' | 'server') {
    this.#framer = new Framer(side === 'client' ? classicInput : serverOutput);
  }

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
    throw new UsageError(`${text}: not a JSON object; write NAME or NAME {"argument": …}`);
  if (name !== undefined) {
    return new Map<string, JsonValue>([
      ['execute', name],
      ...(value.size > 0 ? [['arguments', value] as const] : []),
    ]);
  }
  if (typeof value.get('execute') === 'string') return value;
  throw new UsageError(`${text}: it has no "execute" with a command's name`);
}

function parsed(json: string, text: string): JsonValue {
  try {
    return parseJson(json);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${text}: ${why}`, { cause: error });
  }
}
