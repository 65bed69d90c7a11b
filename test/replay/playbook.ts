/**
 * Conversations as text, for the tests of replay: a session is recorded from a two-sided script, and
 * what a replayed server says to a client is written down in the same way.
 */
import { MemoryRecording } from '../../src/recording/memory.js';
import type { Message } from '../../src/recording/message.js';
import type { Dialect, Session, SessionEnd } from '../../src/recording/session.js';
import { Tap } from '../../src/proxy/tap.js';
import { ReplayedClient, type ClientAction, type ClientOptions } from '../../src/replay/client/client.js';
import { Bindings } from '../../src/replay/match/bindings.js';
import { ContentMatching } from '../../src/replay/match/content-matching.js';
import { Progress } from '../../src/replay/match/progress.js';
import { causesOf } from '../../src/replay/plan/causes.js';
import { accountOf } from '../../src/replay/match/divergence.js';
import type { ClientFrame } from '../../src/replay/match/match.js';
import { asap } from '../../src/replay/timing/pacing.js';
import { planSession, type SessionPlan } from '../../src/replay/plan/plan.js';
import { ReplayedServer, type ServerAction, type ServerOptions } from '../../src/replay/server/server.js';
import { Unstable } from '../../src/recording/unstable.js';

export const greeting =
  '{"QMP": {"version": {"qemu": {"micro": 22, "minor": 2, "major": 7}, "package": ""}, "capabilities": ["oob"]}}';

export interface RecordedOptions {
  readonly dialect?: Dialect;
  readonly end?: SessionEnd;
  /** Nanoseconds between two lines. */
  readonly step?: number;
}

export interface Recorded {
  readonly session: Session;
  readonly messages: readonly Message[];
}

/** A line's bytes: each character one byte; `\xff` and other escapes of a template are what they say. */
export function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

export function textOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
}

/**
 * Records a conversation. Each line of `script` is one chunk: `-> …` of the client, `<- …` of the
 * server, with CRLF at its end (LF for the guest agent). `…\` at the end: no line end.
 */
export function recorded(script: string, options: RecordedOptions = {}): Recorded {
  const { dialect = 'qmp' } = options;
  const lines = linesOf(script).map(({ dir, text }) => ({ dir, text: ended(text, dialect) }));
  return recordedFrom(lines, options);
}

/** Records a conversation given as chunks. */
export function recordedFrom(
  lines: readonly { readonly dir: 'c2s' | 's2c'; readonly text: string }[],
  options: RecordedOptions = {},
): Recorded {
  const { dialect = 'qmp', end = 'client-closed', step = 1_000_000 } = options;
  const recording = new MemoryRecording();
  const tap = new Tap(recording);
  const peer = { address: 'unix:/test' };
  tap.open(1, { label: undefined, dialect, client: peer, server: peer, started: 0 }, 0);
  let t = 0;
  for (const line of lines) {
    t += step;
    tap.chunk(1, { dir: line.dir, t, bytes: bytesOf(line.text), fds: 0 });
  }
  tap.close(1, t + step, end, undefined);
  const [session] = recording.sessions();
  if (session === undefined) throw new Error('no session was recorded');
  return { session, messages: [...recording.messages()] };
}

/** A recorded conversation as a plan. */
export function planned(script: string, options?: RecordedOptions): SessionPlan {
  const { session, messages } = recorded(script, options);
  return planSession(session, messages, { injected: 'leave-out' });
}

function linesOf(script: string): { dir: 'c2s' | 's2c'; text: string }[] {
  const lines = script.split('\n').map((line) => line.trim());
  return lines
    .filter((line) => line.startsWith('-> ') || line.startsWith('<- '))
    .map((line) => ({ dir: line.startsWith('->') ? 'c2s' : 's2c', text: line.slice(3) }));
}

function ended(text: string, dialect: Dialect): string {
  if (text.endsWith('\\')) return text.slice(0, -1);
  return text + (dialect === 'qga' ? '\n' : '\r\n');
}

export function serverOptions(options: Partial<ServerOptions> = {}): ServerOptions {
  return { match: 'strict', pace: asap, onMiss: 'error', unstable: new Unstable(), repeat: [], ...options };
}

/** A replayed server and the client that talks to it, written down as a script. */
export class Conversation {
  readonly server: ReplayedServer;
  /** The script so far: `-> `, `<- `, `close`, `reset`, `wake T`, `forward …`, `! …` a divergence. */
  readonly lines: string[] = [];
  now = 0;
  readonly #dialect: Dialect;

  constructor(plan: SessionPlan, options: Partial<ServerOptions> = {}) {
    this.#dialect = plan.session.dialect;
    this.server = new ReplayedServer(plan, serverOptions(options));
    this.#note(this.server.connect(this.now));
  }

  /** The client sends a line; as in a script, a `\` at the end means without its line end. */
  say(text: string): this {
    this.lines.push(`-> ${text}`);
    this.#note(this.server.receive(bytesOf(ended(text, this.#dialect)), this.now));
    return this;
  }

  /** The client sends exactly this. */
  send(text: string): this {
    this.#note(this.server.receive(bytesOf(text), this.now));
    return this;
  }

  at(now: number): this {
    this.now = now;
    this.#note(this.server.tick(now));
    return this;
  }

  /** The real server answers what was forwarded; undefined: it is gone. */
  answer(text: string | undefined): this {
    this.#note(this.server.forwarded(text === undefined ? undefined : bytesOf(text), this.now));
    return this;
  }

  hangUp(): this {
    this.lines.push('-> (closes)');
    this.#note(this.server.end(this.now));
    return this;
  }

  get script(): string {
    return this.lines.join('\n');
  }

  /** The divergences so far, as they are told. */
  readonly accounts: string[] = [];

  #note(actions: readonly ServerAction[]): void {
    for (const action of actions) {
      if (action.do === 'send') this.lines.push(`<- ${textOf(action.bytes).replace(/\r?\n$/, '')}`);
      else if (action.do === 'close') this.lines.push(action.how === 'end' ? '<- (closes)' : '<- (resets)');
      else if (action.do === 'wake') this.lines.push(`   (until ${action.at})`);
      else if (action.do === 'forward') this.lines.push(`   (forwards ${textOf(action.bytes)})`);
      else {
        this.lines.push(`   ! ${action.divergence.kind}: ${action.divergence.summary}`);
        this.accounts.push(accountOf(action.divergence));
      }
    }
  }
}

export function clientOptions(options: Partial<ClientOptions> = {}): ClientOptions {
  return { pace: asap, unstable: new Unstable(), readOnly: false, timeout: 10e9, ...options };
}

/** A replayed client and the server that talks to it, written down as a script. */
export class ClientConversation {
  readonly client: ReplayedClient;
  /** `-> `, `<- `, `-> (closes)`, `(skips …)`, `! …` a divergence. */
  readonly lines: string[] = [];
  readonly accounts: string[] = [];
  #now = 0;

  constructor(plan: SessionPlan, options: Partial<ClientOptions> = {}) {
    this.client = new ReplayedClient(plan, clientOptions(options));
    this.#note(this.client.connect(0));
  }

  /** The server sends a line. */
  hears(text: string): this {
    this.lines.push(`<- ${text}`);
    this.#note(this.client.receive(bytesOf(`${text}\r\n`), this.#now));
    return this;
  }

  at(now: number): this {
    this.#now = now;
    this.#note(this.client.tick(now));
    return this;
  }

  serverCloses(): this {
    this.lines.push('<- (closes)');
    this.#note(this.client.end(this.#now));
    return this;
  }

  get script(): string {
    return this.lines.join('\n');
  }

  #note(actions: readonly ClientAction[]): void {
    for (const action of actions) {
      if (action.do === 'send') this.lines.push(`-> ${textOf(action.bytes).replace(/\r?\n$/, '')}`);
      else if (action.do === 'close') this.lines.push(action.how === 'end' ? '-> (closes)' : '-> (resets)');
      else if (action.do === 'skip') this.lines.push(`   (skips ${textOf(action.message.raw).trim()})`);
      else if (action.do === 'diverge') {
        this.lines.push(`   ! ${action.divergence.kind}: ${action.divergence.summary}`);
        this.accounts.push(accountOf(action.divergence));
      }
    }
  }
}

/** A script without its indentation. */
export function script(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join('\n');
}

/** All bytes that a replayed server sends to a client whose bytes come in these chunks. */
export function repliesTo(
  plan: SessionPlan,
  chunks: readonly Uint8Array[],
  options: Partial<ServerOptions> = {},
): string {
  const server = new ReplayedServer(plan, serverOptions(options));
  const actions = [...server.connect(0)];
  for (const chunk of chunks) actions.push(...server.receive(chunk.slice(), 0));
  actions.push(...server.end(0));
  return actions.map((action) => (action.do === 'send' ? textOf(action.bytes) : '')).join('');
}

/** Matching by content, and how far the replay has come. */
export function contentMatching(
  plan: SessionPlan,
  mayRepeat: (name: string) => boolean = () => false,
): { readonly matching: ContentMatching; readonly progress: Progress } {
  const progress = new Progress(plan, causesOf(plan).changes);
  const options = { unstable: new Unstable(), progress, bindings: new Bindings('client'), mayRepeat };
  return { matching: new ContentMatching(plan, options), progress };
}

/** Two equal commands, another between them, and half a message at the end. */
export const abaPlan = planned(`
  -> {"execute":"a","id":1}
  <- {"return": 1, "id": 1}
  -> {"execute":"b","id":2}
  <- {"return": 2, "id": 2}
  -> {"execute":"a","id":3}
  <- {"return": 3, "id": 3}
  -> {"exec\\
`);

/** A client's frame, as `abaPlan` has them. */
export function clientFrame(name: string, kind: 'command' | 'malformed' = 'command'): ClientFrame {
  return { kind, name, bytes: bytesOf(`{"execute":"${name}"}`) };
}
