/**
 * `strace` of a client or a server of QMP: what it read and wrote on its sockets, put together call by call. QEMU reads
 * a byte at a time, so a message is whole only in the stream; its direction is told by its members.
 */
import { tryParse } from '../../json/parse.js';
import { isObject } from '../../json/value.js';
import type { Direction } from '../../recording/message.js';
import {
  damaged,
  type ImportedSession,
  type Importer,
  ImportedTraffic,
  type ImportTarget,
} from '../import.js';
import { Clock } from '../reading/clock.js';
import { directionByMembers } from '../reading/direction.js';
import { MessageStream } from '../reading/message-stream.js';
import { isWhole, messageBytes } from '../wire.js';
import { type Call, StraceCalls } from './strace-calls.js';

/** One direction of one descriptor. */
interface Stream {
  readonly fd: string;
  readonly messages: MessageStream;
  dir: Direction | undefined;
  fds: number;
}

const note = 'from the output of strace: what it has cut is missing, what is no message is left out';

export class StraceImporter implements Importer {
  readonly #target: ImportTarget;
  readonly #traffic: ImportedTraffic;
  readonly #calls: StraceCalls;
  readonly #streams = new Map<string, Stream>();
  /** By descriptor. */
  readonly #sessions = new Map<string, ImportedSession>();
  #latest: number | undefined;
  /** The call that is being taken. */
  #at: { readonly micros: number | undefined; readonly number: number } = { micros: undefined, number: 0 };

  constructor(target: ImportTarget) {
    this.#target = target;
    this.#traffic = new ImportedTraffic(target);
    this.#calls = new StraceCalls(new Clock(target.started, target.zone), (call, number) => {
      this.#take(call, number);
    });
  }

  line(text: string, number: number): void {
    this.#calls.line(text, number);
  }

  end(): void {
    for (const fd of this.#sessions.keys()) this.#close(fd, 'cut-off', 'the log ends here');
  }

  #take({ name, fd, micros, way, data, isCut, fds }: Call, number: number): void {
    this.#latest = micros ?? this.#latest;
    if (name === 'close') {
      this.#close(fd, 'client-closed');
      return;
    }
    if (way === undefined || data === '') return;
    const key = `${fd} ${way}`;
    const stream = this.#streams.get(key) ?? this.#stream(fd);
    this.#streams.set(key, stream);
    stream.fds += fds;
    this.#at = { micros, number };
    if (isCut) {
      // Only what could be a message is missed.
      if (stream.messages.isPending || /^\s*\{\s*["']|^\s*$/.test(data))
        this.#target.skip(number, 'a message that strace has cut; trace with -s 1000000');
      restart(stream);
    } else stream.messages.push(data);
  }

  #stream(fd: string): Stream {
    const stream: Stream = {
      fd,
      messages: new MessageStream({
        message: (json) => {
          const { fds: along } = stream;
          stream.fds = 0;
          this.#say(stream, json, { ...this.#at, fds: along });
        },
        between: () => undefined,
      }),
      dir: undefined,
      fds: 0,
    };
    return stream;
  }

  #say(
    stream: Stream,
    json: string,
    at: { readonly micros: number | undefined; readonly number: number; readonly fds: number },
  ): void {
    const bytes = messageBytes(`${json}\r\n`);
    const value = tryParse(bytes, { nonFinite: true });
    if (!isObject(value)) {
      if (/"(?:execute|return|QMP|event)"/.test(json) && !isWhole(bytes))
        this.#target.skip(at.number, damaged);
      return;
    }
    stream.dir ??= directionByMembers(value);
    if (stream.dir === undefined) return;
    if (value.has('QMP')) this.#close(stream.fd, 'client-closed');
    let session = this.#sessions.get(stream.fd);
    if (session === undefined) {
      session = this.#traffic.open({
        dialect: undefined,
        server: `descriptor ${stream.fd}`,
        started: at.micros,
        note,
      });
      this.#sessions.set(stream.fd, session);
    }
    session.say(stream.dir, at.micros, bytes, stream.dir === 'c2s' ? at.fds : 0);
  }

  #close(fd: string, end: 'client-closed' | 'cut-off', reason?: string): void {
    this.#sessions.get(fd)?.close(this.#latest, end, reason);
    this.#sessions.delete(fd);
    if (end === 'cut-off') return;
    for (const way of ['in', 'out']) {
      const stream = this.#streams.get(`${fd} ${way}`);
      if (stream !== undefined) restart(stream);
    }
  }
}

function restart(stream: Stream): void {
  stream.messages.rest();
  stream.fds = 0;
}
