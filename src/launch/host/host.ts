/**
 * One process that records all VMs of a machine: takes the paths of the sockets that are at its places, or come
 * there, records who comes to them, and gives the paths back. Copies of all sockets are in a store (`SocketStore`),
 * from which the next host goes on if this one is killed.
 */
import { join } from 'node:path';
import { ConnectError } from '../../errors.js';
import type { TrafficSink } from '../../recording/ports.js';
import { ExchangedPath, undoExchange } from '../../transport/path/exchanged-path.js';
import type { ProxyEvent } from '../../transport/session/drive.js';
import { isThere } from '../../store/disk/files.js';
import { IndexerThreads } from '../../store/follow/indexer-threads.js';
import { RedactionThread } from '../record/redaction-thread.js';
import { decisionsFolder, type VmAnswer } from './control.js';
import { connectedPaths } from './connected-paths.js';
import { Decisions } from './install/decisions.js';
import { HostChannel } from './host-channel.js';
import { HostSink } from './host-sink.js';
import type { HostOptions } from './host-options.js';
import { HostVm } from './host-vm.js';
import { fixedFolder, type FoundSocket, type Place, socketAt } from './places.js';
import { PlaceWatch } from './place-watch.js';
import { readTakenPaths, type TakenPath, TakenPaths } from './store/taken-paths.js';
import { type RestoredSocket, type SocketStore, storedName } from './store/socket-store.js';
import { fullName } from './vm-process.js';
import { totalLimit, VmRecording } from './vm-recording.js';

export interface HostStart {
  /** A private folder, for what a host leaves to the next one. */
  readonly folder: string;
  readonly store: SocketStore | undefined;
  /** What the store has given back. */
  readonly restored: readonly RestoredSocket[];
  /** Only go on with what was restored: the host before was told to leave. */
  readonly leaving: boolean;
}

/** How often to look whether a server was killed, which changes no name; one timer for all. */
const lookEveryMs = 5_000;

const wasKilled =
  'goes on from a recording whose host was killed or replaced: what it had just read may be lost';

export class Host {
  readonly #options: HostOptions;
  readonly #start: HostStart;
  readonly #sink = new HostSink();
  readonly #thread: RedactionThread | undefined;
  readonly #indexer: IndexerThreads;
  readonly #watch: PlaceWatch;
  readonly #timer: NodeJS.Timeout;
  readonly #vms = new Map<string, HostVm>();
  /** By path, as long as it is taken or has sessions. */
  readonly #channels = new Map<string, { readonly channel: HostChannel; readonly vm: string }>();
  /** Sessions that were left over at a path that is not taken any more. */
  readonly #left = new Set<HostChannel>();
  readonly #ending = new Set<Promise<void>>();
  readonly #taken: TakenPaths;
  readonly #decisions: Decisions;
  #running = false;
  #leaving = false;
  #over: () => void = () => undefined;
  /** Resolves after `leave`, once all sessions are over and all recordings are complete. */
  readonly finished: Promise<void>;

  /** Restores what a host before this one held, and watches from now on. @throws UsageError for a rule */
  constructor(options: HostOptions, start: HostStart) {
    this.#options = options;
    this.#start = start;
    this.finished = new Promise((resolve) => {
      this.#over = resolve;
    });
    const trouble = (text: string): void => {
      this.#tellTrouble(undefined, text);
    };
    this.#indexer = new IndexerThreads({
      onTrouble: trouble,
      total: totalLimit(options),
      onRemoved: (path) => {
        options.onEvent({ type: 'removed', path });
      },
    });
    this.#thread = options.redact && new RedactionThread(this.#sink, options.redact, trouble);
    this.#watch = new PlaceWatch(options.places, {
      trouble,
      found: (path, place) => {
        this.#found(path, place);
        this.#decisions.add(path);
      },
      gone: (path) => {
        this.#gone(path);
        this.#decisions.forget(path);
      },
    });
    this.#decisions = new Decisions(decisionsFolder(options.recordings));
    const file = join(start.folder, 'paths.jsonl');
    const before = readTakenPaths(file);
    const numbers = new Set(start.restored.map(({ path }) => path));
    this.#taken = new TakenPaths(file, new Map([...before].filter(([number]) => numbers.has(number))));
    for (const number of numbers) this.#restore(number, before.get(number));
    for (const [number, { path }] of before) if (!numbers.has(number)) this.#repair(path);
    this.#timer = setInterval(() => {
      this.#look();
    }, lookEveryMs);
    if (start.leaving) this.leave();
    else this.#watch.start();
    this.#running = true;
    start.store?.ready();
  }

  /** All VMs, as they are now. */
  *answers(): Iterable<VmAnswer> {
    for (const vm of this.#vms.values())
      yield { ...vm.news, channels: Array.from(vm.channels, ({ answer }) => answer) };
  }

  /** The sessions that are not over, of all VMs. */
  get sessions(): number {
    return [...this.#allChannels()].reduce((sum, { sessions }) => sum + sessions, 0);
  }

  /** Gives all paths back, and takes no more. The sessions that run go on, and are recorded to their end. */
  leave(): void {
    if (this.#leaving) return;
    this.#leaving = true;
    this.#watch.close();
    for (const channel of this.#allChannels()) this.#giveBack(channel);
    this.#look();
  }

  /** The store is a new one, and has nothing yet. */
  storeAgain(): void {
    for (const channel of this.#allChannels()) channel.storeAgain();
  }

  *#allChannels(): Iterable<HostChannel> {
    for (const { channel } of this.#channels.values()) yield channel;
    yield* this.#left;
  }

  get #into(): TrafficSink {
    return this.#thread ?? this.#sink;
  }

  #found(path: string, place: Place): void {
    const known = this.#channels.get(path);
    if (known !== undefined) {
      this.#check(known.channel);
      if (this.#channels.has(path)) return;
    }
    const found = socketAt(place, path);
    const label = fullName(found);
    if (!this.#options.wants(label)) {
      this.#repair(path);
      return;
    }
    try {
      this.#take({ ...found, name: label }, fixedFolder(place));
    } catch (error) {
      this.#notTaken(found, label, error);
    }
  }

  /** @throws ConnectError where that cannot be done; the path is as it was then */
  #take(found: FoundSocket, within: string): void {
    const { path, dialect, vm, name, state } = found;
    const { store } = this.#start;
    let number = 0;
    let exchanged: ExchangedPath | undefined;
    try {
      exchanged = ExchangedPath.take(path, this.#options.recordings, {
        within,
        // The next host can go on with the path from the moment on at which it is taken.
        prepared: (own, listener) => {
          ({ number } = this.#taken.add({ path, dialect, vm, name, state, within, own }));
          store?.put(storedName({ kind: 'listener', path: number }), listener);
        },
      });
      const faster = connectedPaths().has(path);
      this.#serve(found, number, exchanged, undefined);
      if (dialect !== 'qga') this.#vms.get(vm)?.taken(faster && this.#running);
    } catch (error) {
      exchanged?.giveBack();
      if (number !== 0) store?.remove(storedName({ kind: 'listener', path: number }));
      throw error;
    }
  }

  /**
   * Puts back what a host that is dead has left at a path that this one does not take: whoever connects there would
   * find nobody, and libvirt would take that for the end of the VM.
   */
  #repair(path: string): void {
    try {
      if (undoExchange(path) === 'restored')
        this.#tellTrouble(undefined, `${path}: repaired: it was left to a host that is dead`);
    } catch (error) {
      // A process that runs has it, or nothing is there any more.
      if (!(error instanceof ConnectError)) throw error;
    }
  }

  #tellTrouble(label: string | undefined, text: string): void {
    this.#options.onEvent({ type: 'trouble', label, text });
  }

  #notTaken({ dialect, path }: FoundSocket, label: string, error: unknown): void {
    // The socket of a VM that has been killed, or one that has gone in this moment.
    if ((error instanceof ConnectError && error.code === 'NO_SERVER') || !isThere(path)) return;
    const reason = error instanceof Error ? error.message : String(error);
    if (dialect === 'qga') this.#tellTrouble(label, reason);
    else this.#options.onEvent({ type: 'vm', label, state: 'direct', reason });
  }

  /** Goes on with a path and its sessions. Whatever is wrong with them, the sessions are relayed. */
  #restore(number: number, before: TakenPath | undefined): void {
    const sockets = this.#start.restored.filter(({ path }) => path === number);
    const path = before?.path ?? `/unknown/${number}`;
    const found: FoundSocket = {
      ...{ path, dialect: before?.dialect, state: before?.state },
      ...{ vm: before?.vm ?? `unknown ${number}`, name: before?.name ?? `unknown-${number}` },
    };
    const listener = sockets.find(({ kind }) => kind === 'listener');
    const exchanged = listener && this.#adopt(path, listener.fd, before);
    const channel = this.#serve(found, number, exchanged, wasKilled);
    for (const socket of sockets) {
      if (socket.kind === 'listener') continue;
      const { kind, session, fd } = socket;
      const other = sockets.find(
        (one) => one.kind !== kind && one.kind !== 'listener' && one.session === session,
      );
      if (kind === 'client') channel.resume({ session, client: fd, server: other?.fd });
      // Its client has gone meanwhile, and a monitor serves one at a time.
      else if (other === undefined) channel.discard(session, fd);
    }
    if (listener === undefined) this.#repair(path);
    else if (exchanged === undefined) channel.serveWaiting(listener.fd);
    this.#vms.get(found.vm)?.set(channel.sessions > 0 ? 'recorded' : 'waiting');
  }

  /** Undefined: the path is not taken any more, and `fd` is the caller's. */
  #adopt(path: string, fd: number, before: TakenPath | undefined): ExchangedPath | undefined {
    if (before === undefined) return undefined;
    const { own, within, name } = before;
    try {
      return ExchangedPath.adopt(path, { own, fd, within, recording: this.#options.recordings });
    } catch (error) {
      this.#tellTrouble(name, (error as Error).message);
      return undefined;
    }
  }

  #serve(
    found: FoundSocket,
    number: number,
    exchanged: ExchangedPath | undefined,
    firstNote: string | undefined,
  ): HostChannel {
    const { path, dialect } = found;
    const vm = this.#vms.get(found.vm) ?? this.#begin(found, firstNote);
    const channel: HostChannel = new HostChannel(
      {
        ...{ path, number, dialect, label: vm.label, sink: this.#into, store: this.#start.store },
        durable: this.#options.durable ?? false,
        onEvent: (event) => {
          this.#follow(vm, channel, event);
        },
        onAnswer: (session) => {
          if (dialect !== 'qga') vm.answered(session);
        },
      },
      exchanged,
    );
    vm.channels.add(channel);
    this.#sink.add(path, vm.recording);
    if (exchanged === undefined) this.#left.add(channel);
    else this.#channels.set(path, { channel, vm: found.vm });
    channel.start();
    return channel;
  }

  #begin(found: FoundSocket, firstNote: string | undefined): HostVm {
    const { recordings, limits, durable = false, onEvent } = this.#options;
    const label = found.name;
    const recording = new VmRecording({
      ...{ folder: recordings, label, limits, durable, firstNote, indexer: this.#indexer },
      onEvent: (event) => {
        if (event.type === 'trouble') onEvent({ type: 'trouble', label, text: event.text });
        else onEvent({ type: 'file', label, event });
      },
    });
    const vm = new HostVm(found, { label, recording, sink: this.#into, tell: onEvent });
    this.#vms.set(found.vm, vm);
    return vm;
  }

  #follow(vm: HostVm, channel: HostChannel, event: ProxyEvent): void {
    if (channel.options.dialect !== 'qga') vm.follow(event);
    if (event.type === 'trouble') this.#tellTrouble(vm.label, event.text);
    else if (event.type === 'sink-failed')
      this.#tellTrouble(vm.label, `recording failed: ${String(event.error)}`);
    else if (event.type === 'closed')
      setImmediate(() => {
        this.#check(channel);
      });
  }

  /** A name has changed its meaning: a socket at it, or a folder with sockets. */
  #gone(path: string): void {
    for (const [taken, { channel }] of [...this.#channels]) {
      if (taken === path || taken.startsWith(`${path}/`)) this.#check(channel);
    }
  }

  #look(): void {
    for (const channel of [...this.#allChannels()]) this.#check(channel);
    if (this.#leaving && this.#channels.size === 0 && this.#left.size === 0) void this.#finish();
  }

  /** Lets a channel go that is not taken any more, and has no sessions. */
  #check(channel: HostChannel): void {
    const { exchanged, options } = channel;
    if (exchanged !== undefined && !exchanged.isOver && exchanged.state !== 'taken') this.#giveBack(channel);
    if (exchanged?.isOver === false || channel.sessions > 0) return;
    if (this.#channels.get(options.path)?.channel === channel) this.#channels.delete(options.path);
    this.#left.delete(channel);
    for (const [key, vm] of this.#vms)
      if (vm.channels.delete(channel) && vm.channels.size === 0) this.#end(key, vm);
    if (this.#leaving && this.#channels.size === 0 && this.#left.size === 0) void this.#finish();
  }

  /** A new server may come to the same path while old sessions end. */
  #giveBack(channel: HostChannel): void {
    channel.giveBack();
    const { path } = channel.options;
    if (this.#channels.get(path)?.channel !== channel) return;
    this.#channels.delete(path);
    this.#left.add(channel);
  }

  #end(key: string, vm: HostVm): void {
    this.#vms.delete(key);
    vm.recording.end();
    const ended = vm.recording.finished.then(() => {
      if (!this.#leaving) vm.set('ended');
      this.#ending.delete(ended);
    });
    this.#ending.add(ended);
  }

  async #finish(): Promise<void> {
    clearInterval(this.#timer);
    await this.#thread?.drain();
    await Promise.all(this.#ending);
    await this.#thread?.stop();
    this.#indexer.close();
    await this.#start.store?.settled();
    this.#taken.remove();
    this.#decisions.remove();
    this.#over();
  }
}
