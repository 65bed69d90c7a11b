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

export interface Controlled {
  readonly host: Pick<Host, 'answers' | 'sessions'>;
  readonly leave: () => void;
}

export class ControlServer {
  readonly #listener: Listener;

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
    this.#listener.start({
      connection: (stream) => {
        serveOne(stream, controlled);
      },
      trouble: () => undefined, // who asks waits
    });
  }

  close(): void {
    this.#listener.close();
  }
}

function serveOne(stream: Stream, controlled: Controlled): void {
  let asked = '';
  stream.start({
    data: (chunk, fds) => {
      closeDescriptors(fds);
      asked += new TextDecoder().decode(chunk);
      for (let end = asked.indexOf('\n'); end >= 0; end = asked.indexOf('\n')) {
        for (const answer of answers(asked.slice(0, end), controlled))
          stream.write(new TextEncoder().encode(`${JSON.stringify(answer)}\n`), []);
        asked = asked.slice(end + 1);
      }
      if (asked.length > longest) stream.destroy();
    },
    ended: () => {
      stream.close();
    },
    gone: () => {
      stream.destroy();
    },
    ...{ drained: () => undefined, closed: () => undefined, note: () => undefined },
  });
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
