/** Asks a real server and our framer the same: what the server answers, and what the framer says that it answers. */
import { canonicalJson } from '../../src/json/canonical.js';
import { Framer } from '../../src/json/framing/framer.js';
import { classicInput, eagerInput, serverOutput } from '../../src/json/framing/profile.js';
import { frameProblem, parseJson } from '../../src/json/parse.js';
import { parsePath, valueAt } from '../../src/json/path.js';
import { isObject, type JsonObject } from '../../src/json/value.js';
import { readGreeting } from '../../src/qmp/greeting.js';
import { readRefusal, rulesOfVersion } from '../../src/qmp/input-rules.js';
import { FrameCollector, fromLatin1 } from './frames.js';
import { negotiated, QmpClient } from './qmp-client.js';
import { until } from './until.js';

export type Rules = 'classic' | 'eager';

/** Resets the parser whatever came before, then asks for an answer that shows that all is answered. */
const RESET = '\n\xff\n{"execute":"query-name","id":"end of case"}\n';

export interface Answers {
  /** What the server said to each message. */
  readonly replies: readonly string[];
  /** The same, as far as it is its parser that speaks. */
  readonly observed: readonly string[];
  /** What our framer and parser say. */
  readonly predicted: readonly string[];
}

export class Comparison {
  readonly rules: Rules;
  readonly #client: QmpClient;
  readonly #framer: Framer;

  /** What the client has sent and received so far is behind us. */
  private constructor(client: QmpClient, rules: Rules) {
    this.rules = rules;
    this.#client = client;
    this.#framer = new Framer(rules === 'eager' ? eagerInput : classicInput);
    this.#predict(Buffer.concat(client.sent));
  }

  /** With a QEMU; the first byte that it is asked then is at the beginning of its second line. */
  static async qemu(socket: string): Promise<Comparison> {
    const client = await negotiated(socket);
    const greeting = Buffer.concat(client.received);
    return new Comparison(
      client,
      rulesOfVersion(readGreeting(greeting.subarray(0, greeting.indexOf('\n'))).qemu),
    );
  }

  /** With a guest agent to which nobody has said anything. */
  static async agent(socket: string): Promise<Comparison> {
    const client = await QmpClient.connect(socket);
    client.send('}\n');
    await client.receives(/\n/);
    const { rules } = readRefusal(Buffer.concat(client.received));
    if (rules === undefined) throw new Error(`no refusal: ${client.text()}`);
    return new Comparison(client, rules);
  }

  /**
   * What both answer to these bytes, to those `behind` them, to a reset and to a good command. Before it sends more than
   * the bytes, it waits for as many answers as the server must have given by then.
   */
  async ask(bytes: string, { early = 0, behind = '' } = {}): Promise<Answers> {
    const client = this.#client;
    client.received.length = 0;
    client.send(bytes);
    await until(`${early} answers`, () => client.text().split('\n').length > early);
    const rest = `${behind}${RESET}`;
    client.send(rest);
    await client.receives(/"end of case"[^\n]*\n/);
    const replies = messagesOf(Buffer.concat(client.received));
    return {
      replies: replies.map(told),
      observed: replies.map((reply) => {
        const said = told(reply);
        return said.startsWith('parse-error:') ? said : accepted(reply);
      }),
      predicted: this.#predict(fromLatin1(bytes + rest)),
    };
  }

  end(): Promise<void> {
    return this.#client.end();
  }

  #predict(bytes: Uint8Array): string[] {
    const collector = new FrameCollector();
    this.#framer.push(bytes, collector);
    return collector.frames.map(({ text, length, problem }) => {
      const frame = fromLatin1(text.slice(0, length));
      const refusal = problem ?? frameProblem(frame);
      if (refusal !== undefined) return `parse-error:${refusal}`;
      const value = parseJson(frame);
      return accepted(isObject(value) ? value : undefined);
    });
  }
}

function messagesOf(bytes: Uint8Array): JsonObject[] {
  const messages: JsonObject[] = [];
  new Framer(serverOutput).push(bytes, {
    frame(frame) {
      const value = parseJson(frame, { nonFinite: true });
      if (isObject(value)) messages.push(value);
    },
    trailer() {
      // Line ends.
    },
  });
  return messages;
}

/** What a reply says, in the words of the tables of cases. */
function told(reply: JsonObject): string {
  const desc = valueAt(reply, parsePath('error.desc'));
  if (typeof desc !== 'string') return 'ok';
  const ofParser = !reply.has('id') && /^(\d+:\d+: )?JSON (parse error, |.* limit exceeded$)/.test(desc);
  return ofParser ? `parse-error:${desc}` : `input-error:${desc}`;
}

/** A message that the parser accepts is known by its id alone. */
function accepted(value: JsonObject | undefined): string {
  const id = value?.get('id');
  return id === undefined ? 'accepted' : `accepted with id ${canonicalJson(id)}`;
}
