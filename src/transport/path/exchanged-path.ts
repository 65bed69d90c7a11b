/**
 * A server's path, taken while the server runs: our listening socket stands there, and the server's in a private
 * folder beside it. The two change places in one step (`renameat2`), so at no moment is the path missing; whoever
 * is connected stays so, and who connects next comes to us.
 *
 *     before   vm/monitor.sock  the server's
 *     taken    vm/monitor.sock  ours            vm/monitor.sock.qmptap/socket  the server's
 *
 * Another user may write in that folder. Both folders are held open and every file is compared with the one that
 * was looked at, so a name that changes its meaning is noticed, and never followed.
 */
import { chmodSync, chownSync, fstatSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { ConnectError, type ConnectErrorCode } from '../../errors.js';
import { whenDescriptorsAreFree } from '../dial.js';
import type { ServerSource } from '../session/server-source.js';
import { errorText, nodeErrorText } from '../system-error.js';
import type { Stream } from '../stream.js';
import type { SocketListener } from '../unix/socket-listener.js';
import { dialUnix } from '../unix/unix-dial.js';
import { bindUnix, inheritUnixListener } from '../unix/unix-listener.js';
import { RENAME_EXCHANGE, RENAME_NOREPLACE, libc } from '../unix/libc.js';
import { boundSocket } from './bound-socket.js';
import { HeldFolder, type Identity, identityOf, isSame } from './held-folder.js';
import { livingHolder, removeHolder, writeHolder } from './holder.js';

/** Beside the path: a folder of this name with the server's socket in it. */
const suffix = '.qmptap';

const socketName = 'socket';

/** Where the server's socket is while its path is taken. */
export function serverSocketOf(path: string): string {
  return join(`${path}${suffix}`, socketName);
}

/** What clients had to expect of the socket's file and still find: the rights beyond mode and owner, and the label. */
const keptAttributes = ['system.posix_acl_access', 'security.selinux'];
const largestAttribute = 64 * 1024;

/** What has become of a path that was taken. */
export type PathState =
  | 'taken'
  /** Nothing is there any more: the server has removed what it takes for its own socket. */
  | 'gone'
  /** Another file is there: the server was started again, or somebody has interfered. */
  | 'replaced'
  /** The server has ended, and left its socket behind: it was killed. */
  | 'dead';

/** What was done with a path that was left behind, or is given back. */
export type PathRepair =
  /** The server's socket is in its place again. */
  | 'restored'
  /** It was there already, or the server is gone: only what we had put beside it was removed. */
  | 'cleaned';

export class ExchangedPath {
  /** Where the clients come. Closing it does not give the path back. */
  readonly clients: SocketListener;
  /** The server's own socket. */
  readonly server: ServerSource;
  readonly path: string;
  readonly #outer: HeldFolder;
  readonly #inner: HeldFolder;
  readonly #name: string;
  readonly #own: Identity;
  /** Fires when it is given back. */
  readonly #over = new AbortController();

  private constructor(place: Place, inner: HeldFolder, clients: SocketListener, own: Identity) {
    this.path = place.path;
    this.#outer = place.outer;
    this.#inner = inner;
    this.#name = place.name;
    this.#own = own;
    this.clients = clients;
    this.server = {
      address: place.address,
      find: (signal, waiting) => this.#find(signal, waiting),
      close: () => undefined,
    };
  }

  /**
   * Takes the path of a server that listens. `recording` is named to whoever wants the path next.
   * @throws ConnectError where that cannot be done; the path is as it was then.
   */
  static take(path: string, recording: string, options: TakeOptions = {}): ExchangedPath {
    const place = openPlace(path, options.within);
    try {
      return takeIn(place, recording, options.prepared);
    } catch (error) {
      place.outer.close();
      throw error instanceof ConnectError ? error : place.failed(nodeErrorText(error));
    }
  }

  /**
   * Goes on with a path that a process before this one has taken, by its listening socket, `fd`, and the file that
   * it said was its own. Undefined: the path is not taken any more, and what was left beside it is removed.
   * @throws ConnectError if another process has it; `fd` stays the caller's then, and where it is undefined
   */
  static adopt(path: string, { own, fd, recording, within }: AdoptOptions): ExchangedPath | undefined {
    const place = openPlace(path, within);
    let inner: HeldFolder | undefined;
    try {
      inner = leftBehind(place, true);
      if (inner !== undefined && isSame(place.outer.look(place.name), own)) {
        writeHolder(inner, recording);
        return ExchangedPath.make(place, inner, inheritUnixListener(fd, place.address), own);
      }
      if (inner !== undefined) putBack(place, inner, false);
    } catch (error) {
      inner?.close();
      place.outer.close();
      throw error instanceof ConnectError ? error : place.failed(nodeErrorText(error));
    }
    inner?.close();
    place.outer.close();
    return undefined;
  }

  static make(place: Place, inner: HeldFolder, clients: SocketListener, own: Identity): ExchangedPath {
    return new ExchangedPath(place, inner, clients, own);
  }

  get state(): PathState {
    const found = this.#outer.look(this.#name);
    if (found === undefined) return 'gone';
    if (!isSame(found, this.#own)) return 'replaced';
    try {
      return boundSocket(this.#inner.at(socketName)) === 'bound' ? 'taken' : 'dead';
    } catch {
      return 'taken'; // no descriptor is free to find out by
    }
  }

  /** It was given back. */
  get isOver(): boolean {
    return this.#over.signal.aborted;
  }

  /** Says where its traffic is recorded now, for the next process that wants the path. */
  recordedIn(recording: string): void {
    if (!this.isOver) writeHolder(this.#inner, recording);
  }

  /** Our socket's file, by which `adopt` knows it again. */
  get own(): Identity {
    return this.#own;
  }

  /** A path that stays the folder's, to watch for a change of `state`. */
  get folder(): string {
    return this.#outer.at('.');
  }

  /**
   * Puts the server's socket back into its place. Clients that have come to us meanwhile are accepted before the
   * listener is closed; sessions go on. Does nothing the second time.
   */
  giveBack(): PathRepair {
    if (this.isOver) return 'cleaned';
    const ours = isSame(this.#outer.look(this.#name), this.#own);
    const repair = putBack(
      { outer: this.#outer, name: this.#name, beside: `${this.#name}${suffix}` },
      this.#inner,
      ours,
    );
    this.clients.acceptWaiting();
    this.clients.close();
    // Before the number of the folder's descriptor may be another folder's: nobody dials through it any more.
    this.#over.abort();
    this.#inner.close();
    this.#outer.close();
    return repair;
  }

  /** Who still waits for the server when the path is given back waits on for it at the path itself. */
  async #find(signal: AbortSignal, waiting: (reason?: string) => void): Promise<Stream> {
    const over = this.#over.signal;
    const isOver = (): boolean => over.aborted;
    const dialing = (path: string, until: AbortSignal): Promise<Stream> =>
      whenDescriptorsAreFree(() => dialUnix(path, this.server.address, until, waiting), until, waiting);
    if (!isOver()) {
      try {
        return await dialing(this.#inner.at(socketName), AbortSignal.any([signal, over]));
      } catch (error) {
        if (!isOver() || signal.aborted) throw error;
      }
    }
    return dialing(this.path, signal);
  }
}

export interface TakeOptions {
  /** Links are followed on the way to this folder, and nowhere below it: others may write there. */
  readonly within?: string | undefined;
  /**
   * Called before the exchange, with the listening socket and its file, by which `adopt` can go on if this process
   * dies. What it throws ends the attempt.
   */
  readonly prepared?: ((own: Identity, listener: number) => void) | undefined;
}

/** What is left of a process that had taken a path. */
export interface AdoptOptions extends Pick<TakeOptions, 'within'> {
  /** The file that it said was its own. */
  readonly own: Identity;
  /** Its listening socket. */
  readonly fd: number;
  /** Named to whoever wants the path next. */
  readonly recording: string;
}

/**
 * Says that this process goes on with a path that one that was killed has taken, by the sockets of that one.
 * @throws ConnectError if there is no such path
 */
export function holdExchanged(path: string, recording: string): void {
  const place = openPlace(path);
  try {
    const inner = leftBehind(place);
    if (inner === undefined) throw place.failed('nobody has taken this path');
    writeHolder(inner, recording);
    inner.close();
  } finally {
    place.outer.close();
  }
}

/**
 * Puts back what a process that was killed has left behind; with `held`, what this process held. Undefined: there
 * is nothing to repair.
 * @throws ConnectError if the path is held by a process that runs, or cannot be repaired
 */
export function undoExchange(path: string, { held = false } = {}): PathRepair | undefined {
  const place = openPlace(path);
  try {
    const inner = leftBehind(place, held);
    if (inner === undefined) return undefined;
    try {
      return repairIn(place, inner);
    } finally {
      inner.close();
    }
  } catch (error) {
    throw error instanceof ConnectError ? error : place.failed(nodeErrorText(error));
  } finally {
    place.outer.close();
  }
}

interface Place {
  readonly path: string;
  readonly address: string;
  readonly outer: HeldFolder;
  readonly name: string;
  /** The name of the private folder. */
  readonly beside: string;
  readonly failed: (reason: string, remedy?: string, code?: ConnectErrorCode) => ConnectError;
}

function openPlace(text: string, within?: string): Place {
  const path = resolve(text);
  const name = basename(path);
  const failed: Place['failed'] = (reason, remedy, code) =>
    new ConnectError({ reason, remedy }, { address: text, attempt: 'attach to', code });
  try {
    const outer = HeldFolder.below(dirname(path), within);
    return { path, address: text, outer, name, beside: `${name}${suffix}`, failed };
  } catch (error) {
    throw failed(`its folder: ${nodeErrorText(error)}`);
  }
}

function takeIn(place: Place, recording: string, prepared: TakeOptions['prepared']): ExchangedPath {
  const { outer, name, beside, failed } = place;
  const left = leftBehind(place);
  const notices: string[] = [];
  if (left !== undefined) {
    const repair = repairIn(place, left);
    left.close();
    notices.push(
      `${place.address}: ${repair === 'restored' ? 'repaired: the path was left to a recorder that is dead' : 'removed what a dead recorder had left beside it'}`,
    );
  }
  const server = serverAt(place);
  let inner: HeldFolder;
  try {
    inner = outer.make(beside);
  } catch (error) {
    throw failed(
      `its folder cannot be written (${nodeErrorText(error)}); run as root, or as the server's user`,
    );
  }
  let clients: SocketListener | undefined;
  let exchanged = false;
  try {
    const fd = bindUnix(inner.at(socketName), place.address);
    clients = inheritUnixListener(fd, place.address, notices);
    const ours = inner.look(socketName);
    if (ours?.isSocket() !== true) throw failed('the new socket cannot be found');
    copyRights(outer, name, inner, server);
    writeHolder(inner, recording);
    prepared?.(identityOf(ours), fd);
    exchange(outer, name, inner, failed);
    exchanged = true;
    // Somebody else may have put another file into the place after the look.
    if (!isSame(inner.look(socketName), server) || !isSame(outer.look(name), ours)) {
      throw failed('another file has taken its place meanwhile', 'try again');
    }
    return ExchangedPath.make(place, inner, clients, identityOf(ours));
  } catch (error) {
    if (exchanged) exchange(outer, name, inner, failed);
    clients?.close();
    clear(outer, beside, inner);
    inner.close();
    throw error;
  }
}

/** The server's socket, on which somebody listens. */
function serverAt({ outer, name, failed, path }: Place): Identity {
  const found = outer.look(name);
  if (found === undefined) throw failed('there is no such socket', 'is the server running?', 'NO_SERVER');
  if (found.isSymbolicLink()) throw failed('it is a symbolic link', 'give the path of the socket itself');
  if (!found.isSocket()) throw failed('the file is no socket');
  switch (boundSocket(outer.at(name))) {
    case 'bound':
      return identityOf(found);
    case 'dead':
      throw failed('nobody listens on this socket; the server has gone', undefined, 'NO_SERVER');
    case 'gone':
      throw failed('it has just gone', undefined, 'NO_SERVER');
    case 'forbidden':
      throw failed('permission denied', `run as the user who may connect to ${path}, or as root`);
  }
}

/** The private folder beside the path, if a process that is dead has left one. @throws ConnectError */
function leftBehind({ outer, beside, path, failed }: Place, held = false): HeldFolder | undefined {
  const found = outer.look(beside);
  if (found === undefined) return undefined;
  const inTheWay = (): ConnectError =>
    failed(`${path}${suffix} is in the way, and is not one of ours`, 'remove it');
  if (!found.isDirectory() || !isPrivate(found)) throw inTheWay();
  const inner = outer.open(beside);
  const opened = fstatSync(inner.fd);
  const holder = isSame(opened, found) && isPrivate(opened) ? livingHolder(inner) : undefined;
  const free = holder === undefined || (held && holder.pid === process.pid);
  if (free && isSame(opened, found)) return inner;
  inner.close();
  if (holder === undefined) throw inTheWay();
  throw failed(
    `process ${holder.pid} has it already, and records it in ${holder.recording}`,
    'look there, or have that one give it back first (Ctrl-C, or `qmptap host leave`)',
  );
}

/** Only this user and root can have written in it. */
function isPrivate({ uid, mode }: { uid: number; mode: number }): boolean {
  return (uid === process.geteuid?.() || uid === 0) && (mode & 0o077) === 0;
}

/** The socket at the path is dead: it was the recorder's. One that lives is the server's, or a new server's. */
function repairIn(place: Place, inner: HeldFolder): PathRepair {
  const { outer, name, failed } = place;
  const found = outer.look(name);
  if (found !== undefined && !found.isSocket()) throw failed('the file there is no socket', 'move it away');
  const dead = found === undefined || boundSocket(outer.at(name)) === 'dead';
  if (!dead && inner.look(socketName) !== undefined && boundSocket(inner.at(socketName)) === 'bound') {
    throw failed('a recorder that goes on from one that was killed has it', 'try again in a moment');
  }
  return putBack(place, inner, dead);
}

/** `ours`: the socket at the path is the recorder's. */
function putBack(
  { outer, name, beside }: Pick<Place, 'outer' | 'name' | 'beside'>,
  inner: HeldFolder,
  ours: boolean,
): PathRepair {
  let repair: PathRepair = 'cleaned';
  const server = inner.look(socketName);
  const there = outer.look(name);
  if (server?.isSocket() === true && boundSocket(inner.at(socketName)) === 'bound') {
    // Without a file there the exchange fails, and the plain rename cannot hit another one.
    if (ours && there !== undefined && rename(outer, name, inner, RENAME_EXCHANGE) === 0) repair = 'restored';
    else if (there === undefined && rename(outer, name, inner, RENAME_NOREPLACE) === 0) repair = 'restored';
  } else if (ours && there !== undefined && isSame(outer.look(name), there)) {
    // The server is gone, and a client should be refused rather than find our socket.
    outer.remove(name);
  }
  clear(outer, beside, inner);
  return repair;
}

function exchange(outer: HeldFolder, name: string, inner: HeldFolder, failed: Place['failed']): void {
  const errno = rename(outer, name, inner, RENAME_EXCHANGE);
  if (errno !== 0) throw failed(`the sockets cannot change places: ${errorText(errno)}`);
}

function rename(outer: HeldFolder, name: string, inner: HeldFolder, flags: number): number {
  const [from, to] = [
    { folder: inner.fd, name: socketName },
    { folder: outer.fd, name },
  ];
  return libc().renameat2(from, to, flags) === 0 ? 0 : libc().errno();
}

/** Removes the private folder with all that we put there. It may be gone already. */
function clear(outer: HeldFolder, beside: string, inner: HeldFolder): void {
  try {
    if (inner.look(socketName) !== undefined) inner.remove(socketName);
    removeHolder(inner);
    outer.removeFolder(beside);
  } catch {
    // The next attach says what is in the way.
  }
}

/** Gives our socket, which cannot be reached yet, the rights of the server's. */
function copyRights(outer: HeldFolder, name: string, inner: HeldFolder, server: Identity): void {
  outer.withFile(name, (from, file) => {
    const rights = fstatSync(file);
    if (!isSame(rights, server)) return; // the exchange finds out, and takes itself back
    const to = inner.at(socketName);
    const own = inner.look(socketName);
    if (own?.uid !== rights.uid || own.gid !== rights.gid) chownSync(to, rights.uid, rights.gid);
    chmodSync(to, rights.mode & 0o7777);
    for (const attribute of keptAttributes) copyAttribute(from, to, attribute);
  });
}

function copyAttribute(from: string, to: string, attribute: string): void {
  const value = new Uint8Array(largestAttribute);
  const length = libc().getxattr(from, attribute, value);
  if (length > 0) libc().setxattr(to, attribute, value.subarray(0, length));
}
