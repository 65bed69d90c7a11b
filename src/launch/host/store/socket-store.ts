/**
 * Keeps copies of this process' sockets with one that outlives it: systemd's file-descriptor store, or a holder of
 * ours that speaks the same protocol (sd_notify(3), `FDSTORE=1`). The next host gets them back.
 */
import { closeSync } from 'node:fs';
import { F_DUPFD_CLOEXEC, libc } from '../../../transport/unix/libc.js';
import { sendDatagram } from '../../../transport/notify/datagram.js';

/** What one message can be; of our words, so with nothing in it to escape. */
interface Message {
  readonly text: string;
  /** A copy of ours, as its number may mean another file by the time it is sent. */
  readonly fd: number | undefined;
}

/** Until a queue that is full is tried again, ms. systemd reads ten messages at a time. */
const retryMs = 5;
/**
 * How long everything stops for a store that is behind, ms. A client whose socket is not stored yet would be lost with
 * this process, so it is stored before anything else happens. A store that hangs is waited for once.
 */
const patienceMs = 100;

export class SocketStore {
  readonly #address: string;
  readonly #trouble: (text: string) => void;
  /** Messages that wait, in order. */
  #waiting: Message[] = [];
  #timer: NodeJS.Timeout | undefined;
  /** It was waited for in vain. */
  #hangs = false;
  #troubleTold = false;

  /** `address`: as in `$NOTIFY_SOCKET`. `trouble` is told once, in one line, that sockets are not kept. */
  constructor(address: string, trouble: (text: string) => void) {
    this.#address = address;
    this.#trouble = trouble;
  }

  /** Stores a copy of a socket, at once unless the store hangs. `name` is one of `storedName`. */
  put(name: string, fd: number): void {
    this.#catchUp();
    this.#say(`FDSTORE=1\nFDNAME=${name}`, fd);
  }

  remove(name: string): void {
    this.#say(`FDSTOREREMOVE=1\nFDNAME=${name}`);
  }

  /** Says that the service has started. */
  ready(): void {
    this.#say('READY=1');
  }

  /** Resolves when everything has been said. */
  async settled(): Promise<void> {
    while (this.#waiting.length > 0) await new Promise((resolve) => setTimeout(resolve, retryMs));
  }

  #say(text: string, fd?: number): void {
    if (this.#waiting.length > 0 || !this.#send({ text, fd }, fd === undefined ? 0 : patienceMs))
      this.#wait(text, fd);
  }

  /** Sends what waits, before something that must not wait. */
  #catchUp(): void {
    for (let next = this.#waiting[0]; next !== undefined && !this.#hangs; next = this.#waiting[0]) {
      if (this.#send(next, patienceMs)) this.#sent(next);
    }
  }

  #sent({ fd }: Message): void {
    this.#waiting.shift();
    if (fd !== undefined) closeSync(fd);
  }

  #wait(text: string, fd: number | undefined): void {
    const copy = fd === undefined ? undefined : libc().fcntl(fd, F_DUPFD_CLOEXEC, 3);
    if (copy !== undefined && copy < 0) this.#tell('no descriptor is left for a copy');
    else this.#waiting.push({ text, fd: copy });
    this.#timer ??= setTimeout(this.#sendWaiting, retryMs);
  }

  readonly #sendWaiting = (): void => {
    this.#timer = undefined;
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      if (!this.#send(next, 0)) break;
      this.#sent(next);
    }
    if (this.#waiting.length > 0) this.#timer = setTimeout(this.#sendWaiting, retryMs);
  };

  /** False: try again. */
  #send({ text, fd }: Message, patience: number): boolean {
    const wait = this.#hangs ? 0 : patience;
    const sending = sendDatagram(this.#address, text, fd === undefined ? [] : [fd], wait);
    if (typeof sending === 'object') this.#tell(sending.failed);
    const full = sending === 'full';
    if (!full || wait > 0) this.#hangs = full;
    return !full;
  }

  #tell(why: string): void {
    if (!this.#troubleTold)
      this.#trouble(`a kill of this process would end its VMs: their sockets cannot be stored (${why})`);
    this.#troubleTold = true;
  }
}

/** The three kinds of sockets: where clients come to a path, and of each session its client and its server. */
export type StoredSocket =
  | { readonly kind: 'listener'; readonly path: number }
  | { readonly kind: 'client' | 'server'; readonly path: number; readonly session: number };

const letters = { listener: 'L', client: 'C', server: 'S' } as const;

/** A name by which the store gives it back; short, as all names together are one variable of the environment. */
export function storedName(socket: StoredSocket): string {
  const { kind, path } = socket;
  return `${letters[kind]}${path}${socket.kind === 'listener' ? '' : `.${socket.session}`}`;
}

export function parseStoredName(name: string): StoredSocket | undefined {
  const [, letter, path, session] = /^([LCS])(\d{1,9})(?:\.(\d{1,9}))?$/.exec(name) ?? [];
  if (letter === 'L' && session === undefined) return { kind: 'listener', path: Number(path) };
  if (letter === undefined || letter === 'L' || session === undefined) return undefined;
  return { kind: letter === 'C' ? 'client' : 'server', path: Number(path), session: Number(session) };
}

/** A socket that was given back. */
export type RestoredSocket = StoredSocket & { readonly fd: number };

/** The first descriptor that is given back (sd_listen_fds(3)). */
export const firstRestored = 3;

/** The variables by which a new process finds them; they are not for its own children. */
export const storeVariables = {
  address: 'NOTIFY_SOCKET',
  process: 'LISTEN_PID',
  count: 'LISTEN_FDS',
  names: 'LISTEN_FDNAMES',
  /** Only of our own holder: its process. */
  holder: 'QMPTAP_HOLDER',
} as const;

/** What this process was started with. */
export interface StoreEnvironment {
  /** Where a store can be spoken to. */
  readonly address: string | undefined;
  /** The process of our own holder, if it started us. */
  readonly holder: number | undefined;
  readonly sockets: readonly RestoredSocket[];
}

/** Reads the variables, and removes them from the environment. Descriptors without a name of ours are closed. */
export function takeStoreEnvironment(env: NodeJS.ProcessEnv = process.env): StoreEnvironment {
  const read = (name: string): string | undefined => {
    const value = env[name];
    Reflect.deleteProperty(env, name);
    return value === '' ? undefined : value;
  };
  const address = read(storeVariables.address);
  const [pid, count, names = ''] = [
    read(storeVariables.process),
    read(storeVariables.count),
    read(storeVariables.names),
  ];
  const holder = Number(read(storeVariables.holder));
  const held = holder === process.ppid;
  const ours = held || Number(pid) === process.pid;
  const sockets: RestoredSocket[] = [];
  for (let at = 0; ours && at < Number(count); at++) {
    const fd = firstRestored + at;
    const socket = parseStoredName(names.split(':')[at] ?? '');
    if (socket === undefined) closeSync(fd);
    else sockets.push({ ...socket, fd });
  }
  return { address, holder: held ? holder : undefined, sockets };
}
