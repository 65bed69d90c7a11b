/** Composes a recorder: sockets from transport, a file from the store. `onEvent` reports what happens. */
import { resolve } from 'node:path';
import { UsageError } from '../../errors.js';
import { type Address, formatAddress, parseAddress } from '../../transport/address.js';
import { drive, type Proxy, type ProxyEvent, type ProxyOptions } from '../../transport/session/drive.js';
import { dialedClients, ServerFirst } from '../../transport/session/dialed-clients.js';
import { dialedServer, listeningServers } from '../../transport/session/server-source.js';
import { listen } from '../../transport/listen.js';
import type { Listener } from '../../transport/listener.js';
import { parseUserRules } from '../../redact/user-rules.js';
import { limitsOf, type RecordingLimits } from './recording-limits.js';
import { recordingPlace } from './recording-name.js';
import { plainEvent, type RecordEvent } from './record-event.js';
import { RecordingSeries, type RecordedFile } from './recording-series.js';
import type { TrafficSink } from '../../recording/ports.js';
import type { Dialect } from '../../recording/session.js';
import { once } from '../once.js';

/** Who records what, and where to; whatever the sockets are. */
export interface RecorderOptions extends RecordingLimits {
  /** The recording's file; must not exist, unless `force`. With one of the limits, `boot.qmptap` stands for `boot-00001.qmptap` and so on. */
  readonly output?: string | undefined;
  /** Instead of `output`: where to put files that are named by time and label. */
  readonly folder?: string | undefined;
  /** Replace the file if it is there; not with limits. */
  readonly force?: boolean | undefined;
  /** A name for the sessions. */
  readonly label?: string | undefined;
  /** `qmp`, or `qga` for a guest agent. Undefined: recognised from the traffic. */
  readonly dialect?: Dialect | undefined;
  /** Pass bytes on only once they are on disk. */
  readonly durable?: boolean | undefined;
  /** The user may send commands of their own with `send`; costs some time for each message. */
  readonly allowSend?: boolean | undefined;
  /** Take secrets out before anything is kept: those that qmptap knows, and what these rules say. */
  readonly redact?: readonly string[] | undefined;
  /** Told of clients, of their ends, of files, and of trouble; must not throw. */
  readonly onEvent?: ((event: RecordEvent) => void) | undefined;
  /** Called when a file but the last is about to be completed: who reads it should be done with it then. */
  readonly beforeFinish?: ((path: string) => Promise<void>) | undefined;
}

/** What `record` is asked for. Addresses are texts: `unix:/path`, `/path`, `tcp:HOST:PORT`, `HOST:PORT`, `fd:N`, `stdio`. */
export interface RecordOptions extends RecorderOptions {
  /** Where the client connects; a unix socket is made there, with mode 0600. Either this or `dialClient`. */
  readonly listen?: string | undefined;
  /**
   * Where a client listens that its server connects to (QEMU's `server=off`): it is connected to once there is a
   * server, and again after each session.
   */
  readonly dialClient?: string | undefined;
  /** Where the server (QEMU) listens. Either this or `serverListens`. */
  readonly connect?: string | undefined;
  /** Where to wait for a server that dials out. */
  readonly serverListens?: string | undefined;
}

/** What a recorder did, once it is over. */
export interface RecordSummary {
  /** The last file. */
  readonly path: string;
  /** All files that are there, the oldest first. */
  readonly files: readonly RecordedFile[];
  /** How many sessions there were. */
  readonly sessions: number;
  /** In all these files. Undefined if one could not be completed; the next one to open it does that. */
  readonly messages: number | undefined;
  /** Why the recording does not hold everything, if it does not. */
  readonly incomplete: string | undefined;
}

/** A running recorder. */
export interface RunningRecorder extends AsyncDisposable {
  /** Where the client connects, as it can be given to another program. */
  readonly address: string;
  /** The file in which the next session will probably be. */
  readonly path: string;
  /** Resolves when no session runs and none can come any more. */
  readonly finished: Promise<void>;
  /**
   * Sends a command into an open session, between two exchanges: a whole JSON object, or a name with its
   * arguments behind it. The response is recorded and kept from the client. Rejects with the reason why
   * it was not sent.
   */
  send(session: number, text: string): Promise<void>;
  /** Accepts no more clients; open sessions go on to their own ends. */
  close(): void;
  /** Ends the sessions; what was received is delivered, and can be read from the file. */
  drain(): Promise<void>;
  /** Drains, and completes the file. The same answer every time. */
  stop(): Promise<RecordSummary>;
}

/**
 * Listens, and records every session until it is stopped. The server is dialed anew for each client.
 * @example
 * const recorder = await record({ listen: '/tmp/tap.sock', connect: '/tmp/qmp.sock', output: 'boot.qmptap' });
 * // … a client speaks to /tmp/tap.sock …
 * const { messages, incomplete } = await recorder.stop();
 * @throws UsageError for an address or a rule that does not parse, ConnectError where listening fails,
 * OutputError where the file cannot be made
 */
export async function record(options: RecordOptions): Promise<RunningRecorder> {
  const { dialClient, serverListens } = options;
  const clientAddress = parseAddress(dialClient ?? options.listen ?? '');
  const serverAddress = parseAddress(serverListens ?? options.connect ?? '');
  refuseSame(clientAddress, serverAddress);
  const opened: Listener[] = [];
  const listenOn = async (address: Address): Promise<Listener> => {
    const listener = await listen(address);
    opened.push(listener);
    return listener;
  };
  try {
    if (dialClient === undefined) {
      const clients = await listenOn(clientAddress);
      if (serverListens === undefined)
        return await recordBetween([{ clients, server: { dial: serverAddress } }], options);
      const listener = await listenOn(serverAddress);
      return await recordBetween([{ clients, server: { listener }, notices: listener.notices }], options);
    }
    const servers = serverListens === undefined ? undefined : await listenOn(serverAddress);
    const server = new ServerFirst(
      servers === undefined
        ? dialedServer(serverAddress, undefined)
        : listeningServers(servers, (text) =>
            options.onEvent?.({ type: 'trouble', session: undefined, text }),
          ),
    );
    const clients = dialedClients(clientAddress, { server });
    return await recordBetween([{ clients, server, notices: servers?.notices ?? [] }], options);
  } catch (error) {
    for (const listener of opened) listener.close();
    throw error;
  }
}

/** The two sides of a recorded channel that are there already. */
export interface Sides {
  readonly clients: Listener;
  readonly server: ProxyOptions['server'];
  /** Where it is not the recorder's. */
  readonly dialect?: Dialect | undefined;
  /** Notices for the user about the server's side, one line each. */
  readonly notices?: readonly string[];
  /** Called with each event of this channel, before `onEvent`. */
  readonly follow?: ((event: ProxyEvent) => void) | undefined;
}

/**
 * Records every session between the two sides of each channel, in one recording. They stay the caller's if this fails.
 * @throws UsageError for a rule that does not parse, OutputError where the file cannot be made
 */
export async function recordBetween(
  channels: readonly [Sides, ...Sides[]],
  options: RecorderOptions,
): Promise<RunningRecorder> {
  const injections = options.allowSend === true ? await import('../../proxy/injection.js') : undefined;
  const tell = options.onEvent ?? (() => undefined);
  const files = await recordingSink(options);
  let sessions = 0;
  /** The proxy of each open session, by the session's number. */
  const open = new Map<number, Proxy>();
  const proxies = channels.map(({ clients, server, dialect, notices = [], follow }) => {
    for (const text of [...clients.notices, ...notices]) {
      tell({ type: 'trouble', session: undefined, text });
    }
    const proxy: Proxy = drive({
      clients,
      server,
      sink: files.traffic,
      label: options.label,
      dialect: dialect ?? options.dialect,
      durable: options.durable,
      injection: injections && (() => new injections.Injection()),
      onEvent: (event) => {
        follow?.(event);
        if (event.type === 'opened') sessions += 1;
        if (event.type === 'joined' && event.session !== undefined) open.set(event.session, proxy);
        if (event.type === 'closed' && event.session !== undefined) open.delete(event.session);
        tell(plainEvent(event));
      },
    });
    return proxy;
  });
  const drain = once(async () => {
    await Promise.all(proxies.map((proxy) => proxy.stop()));
    await files.drain();
  });
  const stop = once(async () => {
    await drain();
    return files.finish(sessions);
  });
  return {
    address: channels[0].clients.address,
    get path() {
      return files.path;
    },
    finished: Promise.all(proxies.map((proxy) => proxy.finished)).then(() => undefined),
    send: async (session, text) => {
      const { readCommand } = await import('../../proxy/injection.js');
      const proxy = open.get(session);
      if (proxy === undefined) throw new Error(`session ${session} is not open`);
      await proxy.inject(session, readCommand(text));
    },
    close: () => {
      for (const proxy of proxies) proxy.close();
    },
    drain,
    stop,
    [Symbol.asyncDispose]: async () => {
      await stop();
    },
  };
}

/** Where recorded traffic goes: the files, behind the thread that redacts if there is one. */
export interface RecordingSink {
  readonly traffic: TrafficSink;
  /** The file in which the next session will probably be. */
  readonly path: string;
  /** Resolves when all that was given can be read from the files. */
  drain(): Promise<void>;
  /** Completes the files, after `drain`. `sessions`: how many there were. */
  finish(sessions: number): Promise<RecordSummary>;
  /** Ends it, and leaves no file of it behind. */
  abandon(): Promise<void>;
}

/** @throws UsageError for a rule that does not parse, OutputError where the file cannot be made */
export async function recordingSink(options: RecorderOptions): Promise<RecordingSink> {
  // Loaded only where it is asked for: it is large, and a start is waited for.
  const redaction = options.redact === undefined ? undefined : await import('./redaction-thread.js');
  const tell = options.onEvent ?? (() => undefined);
  if (options.redact !== undefined) parseUserRules(options.redact); // before a file is made
  const recorder = await RecordingSeries.begin({
    ...limitsOf(options),
    place: recordingPlace(options),
    force: options.force,
    durable: options.durable,
    onEvent: tell,
    beforeFinish: options.beforeFinish,
  });
  const thread =
    redaction &&
    new redaction.RedactionThread(recorder, options.redact ?? [], (text) => {
      tell({ type: 'trouble', session: undefined, text });
    });
  return {
    traffic: thread ?? recorder,
    get path() {
      return recorder.path;
    },
    drain: async () => {
      await thread?.drain();
      await recorder.flush();
    },
    finish: async (sessions) => {
      await thread?.stop();
      const files = await recorder.finish();
      return {
        path: recorder.path,
        files,
        sessions,
        messages: files.some(({ messages }) => messages === undefined)
          ? undefined
          : files.reduce((sum, { messages = 0 }) => sum + messages, 0),
        incomplete: files.find(({ incomplete }) => incomplete !== undefined)?.incomplete,
      };
    },
    abandon: async () => {
      await thread?.stop();
      await recorder.abandon();
    },
  };
}

/** A recorder that is its own server would record itself without end. */
function refuseSame(client: Address, server: Address): void {
  if (placeOf(client) !== placeOf(server) || (client.kind === 'tcp' && client.port === 0)) return;
  throw new UsageError({
    subject: 'record',
    reason: `both sides have the address ${formatAddress(client)}`,
    remedy: "the client needs one of its own, next to the server's",
  });
}

function placeOf(address: Address): string {
  return address.kind === 'unix' ? `unix:${resolve(address.path)}` : formatAddress(address);
}
