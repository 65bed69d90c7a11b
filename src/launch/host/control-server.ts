/** The host's end of its control socket: mode 0600, in a folder of mode 0700. */
import { dirname } from 'node:path';
import { ConnectError } from '../../errors.js';
import { listen } from '../../transport/listen.js';
import type { Listener } from '../../transport/listener.js';
import type { Stream } from '../../transport/stream.js';
import { closeDescriptors } from '../../transport/unix/descriptors.js';
import { type ControlAnswer, type Question, questions } from './control.js';
import type { Host } from './host.js';

/** No question is longer. */
const longest = 4096;
/** So many programs may be connected at a time. */
const mostAskers = 32;

export interface Controlled {
  readonly host: Pick<Host, 'answers' | 'sessions'>;
  readonly leave: () => void;
}

export class ControlServer {
  readonly #listener: Listener;
  #askers: Askers | undefined;

  private constructor(listener: Listener) {
    this.#listener = listener;
  }

  /** Listens; questions wait until `serve`. @throws ConnectError, also if a host listens there */
  static async listen(path: string): Promise<ControlServer> {
    try {
      return new ControlServer(await listen({ kind: 'unix', path }));
    } catch (error) {
      if (!(error instanceof ConnectError) || error.code !== 'IN_USE') throw error;
      throw new ConnectError(
        {
          subject: dirname(dirname(path)),
          reason: 'a host records into this folder already',
          remedy: 'end it with `qmptap host leave`, or give another --recordings',
        },
        { address: path, cause: error },
      );
    }
  }

  serve(controlled: Controlled): void {
    const askers = new Askers(controlled);
    this.#askers = askers;
    this.#listener.start({
      connection: (stream) => {
        askers.add(stream);
      },
      trouble: () => undefined, // who asks waits
    });
  }

  close(): void {
    this.#listener.close();
    this.#askers?.close();
  }
}

/**
 * The connections of programs that ask. Each costs a descriptor that a VM's client may need, and what it does not read
 * costs memory: so there are few, and none asks again before it has read.
 */
class Askers {
  readonly #controlled: Controlled;
  /** Who has asked last is the last. */
  readonly #streams = new Set<Stream>();

  constructor(controlled: Controlled) {
    this.#controlled = controlled;
  }

  /** In the place of the one that has been silent for longest, if there are too many. */
  add(stream: Stream): void {
    for (const silent of this.#streams) {
      if (this.#streams.size < mostAskers) break;
      silent.destroy();
    }
    this.#streams.add(stream);
    let asked = '';
    const answer = (): void => {
      for (let end = asked.indexOf('\n'); end >= 0; end = asked.indexOf('\n')) {
        const line = asked.slice(0, end);
        asked = asked.slice(end + 1);
        if (this.#answer(stream, line)) continue;
        stream.pause();
        return;
      }
      if (asked.length > longest) stream.destroy();
    };
    stream.start({
      data: (chunk, fds) => {
        closeDescriptors(fds);
        this.#streams.delete(stream);
        this.#streams.add(stream);
        asked += Buffer.from(chunk).toString('latin1'); // all that can be asked is ASCII
        answer();
      },
      drained: () => {
        stream.resume();
        answer();
      },
      ended: () => {
        stream.close();
      },
      gone: () => {
        stream.destroy();
      },
      closed: () => {
        this.#streams.delete(stream);
      },
      note: () => undefined,
    });
  }

  close(): void {
    for (const stream of this.#streams) stream.close();
  }

  /** False: it is behind. */
  #answer(stream: Stream, line: string): boolean {
    const lines = Array.from(answers(line, this.#controlled), (answer) => `${JSON.stringify(answer)}\n`);
    return stream.write(new TextEncoder().encode(lines.join('')), []);
  }
}

/** What a line is answered with. */
export function* answers(line: string, { host, leave }: Controlled): Iterable<ControlAnswer> {
  const question = parseQuestion(line);
  if (question === undefined) {
    yield { type: 'error', reason: `ask one of these: ${questions.join(', ')}` };
    return;
  }
  if (question === 'leave') leave();
  else yield* host.answers();
  yield { type: 'end', pid: process.pid, sessions: host.sessions };
}

function parseQuestion(line: string): Question | undefined {
  try {
    const { ask } = JSON.parse(line) as { ask?: unknown };
    return questions.find((one) => one === ask);
  } catch {
    return undefined;
  }
}
