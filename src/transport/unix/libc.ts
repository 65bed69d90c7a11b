/**
 * The C library's socket functions, through koffi: the one place that names them. Loaded at the first
 * use, because loading costs milliseconds that a program without sockets should not pay.
 * Every function returns what the system call returned; `errno` says why it failed.
 */
import { createRequire } from 'node:module';
import { endianness } from 'node:os';
import type * as Koffi from 'koffi';

/** Memory outside of the JavaScript heap: its address stays, so structures may point to it. Never freed. */
export interface NativeMemory {
  readonly address: bigint;
  readonly bytes: Uint8Array;
  readonly view: DataView;
}

/** A name in an open folder. */
export interface FolderEntry {
  readonly folder: number;
  readonly name: string;
}

type Pointer = Uint8Array | Int32Array | bigint | null;

export interface Libc {
  socket(domain: number, type: number, protocol: number): number;
  socketpair(domain: number, type: number, protocol: number, pair: Int32Array): number;
  bind(fd: number, address: Uint8Array, length: number): number;
  listen(fd: number, backlog: number): number;
  accept4(fd: number, address: null, length: null, flags: number): number;
  connect(fd: number, address: Uint8Array, length: number): number;
  shutdown(fd: number, how: number): number;
  close(fd: number): number;
  send(fd: number, bytes: Pointer, length: number, flags: number): number;
  sendmsg(fd: number, message: Pointer, flags: number): number;
  recvmsg(fd: number, message: Pointer, flags: number): number;
  /** An option of the socket itself (SOL_SOCKET). */
  getsockopt(fd: number, option: number, value: Int32Array): number;
  fchmod(fd: number, mode: number): number;
  fcntl(fd: number, command: number, value: number): number;
  /** Tries to get the record lock that `flock` (struct flock) describes. */
  lock(fd: number, flock: Uint8Array): number;
  ioctl(fd: number, command: number, value: Int32Array): number;
  /** With `RENAME_EXCHANGE` the two change places in one step (Linux 3.15). */
  renameat2(from: FolderEntry, to: FolderEntry, flags: number): number;
  /** Frees the blocks of a part of a file, which then reads as zeros and keeps its size (FALLOC_FL_PUNCH_HOLE). */
  punchHole(fd: number, offset: number, length: number): number;
  /** An extended attribute of an open file, `/proc/self/fd/N`; -1 where it has none. */
  getxattr(path: string, name: string, value: Uint8Array): number;
  setxattr(path: string, name: string, value: Uint8Array): number;
  poll(entries: Int32Array, count: number, timeout: number): number;
  /** A descriptor that is readable once that process has ended (Linux 5.3). */
  pidfdOpen(pid: number): number;
  dup2(from: number, to: number): number;
  prctl(option: number, value: number): number;
  /** Sets what a signal does: to 0, its default. */
  signal(number: number, action: bigint): bigint;
  /** Becomes another program, found in $PATH; `argv` is an array of pointers, the last of them null. */
  execvp(file: bigint, argv: bigint): number;
  /** Why the last call failed. To be read at once: any other call may change it. */
  errno(): number;
  allocate(bytes: number): NativeMemory;
  watch(fd: number, what: Watched, callback: WatchCallback): WatchHandle;
}

export interface Watched {
  readonly readable: boolean;
  readonly writable: boolean;
}

/** `status` below 0: the socket has an error, and the watching has stopped. */
export type WatchCallback = (status: number, ready: Watched) => void;

/** libuv's readiness of one descriptor. `start` after `close` crashes the process. */
export interface WatchHandle {
  start(what: Watched, callback: WatchCallback): void;
  stop(): void;
  close(): void;
}

export const AF_UNIX = 1;
export const SOCK_STREAM = 1;
export const SOCK_DGRAM = 2;
export const SOCK_NONBLOCK = 0o4000;
export const SOCK_CLOEXEC = 0o2000000;
export const SHUT_RD = 0;
export const SHUT_WR = 1;
export const SHUT_RDWR = 2;
export const SOL_SOCKET = 1;
export const SCM_RIGHTS = 1;
export const SO_TYPE = 3;
export const SO_PEERCRED = 17;
export const SO_ACCEPTCONN = 30;
export const SO_DOMAIN = 39;
export const MSG_OOB = 0x1;
export const MSG_PEEK = 0x2;
export const MSG_CTRUNC = 0x8;
export const MSG_DONTWAIT = 0x40;
export const MSG_NOSIGNAL = 0x4000;
export const MSG_CMSG_CLOEXEC = 0x40000000;
export const F_SETFD = 2;
const F_SETLK = 6;
export const F_DUPFD_CLOEXEC = 1030;
export const FD_CLOEXEC = 1;
export const FIONREAD = 0x541b;
export const POLLOUT = 0x4;
export const POLLHUP = 0x10;
export const PR_SET_PDEATHSIG = 1;
const FALLOC_FL_KEEP_SIZE = 1;
const FALLOC_FL_PUNCH_HOLE = 2;
export const RENAME_NOREPLACE = 1;
export const RENAME_EXCHANGE = 2;

/** The layouts and numbers here are those of Linux on these machines (64 bits, little-endian). */
const machines = ['x64', 'arm64', 'riscv64', 'loong64'];

/** Whether descriptors can be passed on this system. */
export const hasLibc =
  process.platform === 'linux' && endianness() === 'LE' && machines.includes(process.arch);

let loaded: Libc | undefined;

/** The C library, loaded at the first call. Only where `hasLibc`. */
export function libc(): Libc {
  return (loaded ??= load());
}

function load(): Libc {
  const koffi = createRequire(import.meta.url)('koffi') as typeof Koffi;
  const library = koffi.load(null);
  // koffi types every function as taking and giving anything; `Libc` says what they really take.
  const declare = (prototype: string): never => library.func(prototype) as unknown as never;
  const syscall: (number: number, pid: number, flags: number) => number = declare(
    'long syscall(long number, long pid, long flags)',
  );
  const fcntl: (fd: number, command: number, flock: Uint8Array) => number = declare(
    'int fcntl(int fd, int command, void *flock)',
  );
  const getsockopt: (...args: [number, number, number, Int32Array, Int32Array]) => number = declare(
    'int getsockopt(int fd, int level, int option, void *value, void *length)',
  );
  const renameat2: (...args: [number, string, number, string, number]) => number = declare(
    'int renameat2(int from_folder, const char *from, int to_folder, const char *to, uint32 flags)',
  );
  const fallocate: (...args: [number, number, number, number]) => number = declare(
    'int fallocate(int fd, int mode, int64 offset, int64 length)',
  );
  const getxattr: (...args: [string, string, Uint8Array, number]) => number = declare(
    'long getxattr(const char *path, const char *name, void *value, size_t size)',
  );
  const setxattr: (...args: [string, string, Uint8Array, number, number]) => number = declare(
    'int setxattr(const char *path, const char *name, const void *value, size_t size, int flags)',
  );
  return {
    socket: declare('int socket(int domain, int type, int protocol)'),
    socketpair: declare('int socketpair(int domain, int type, int protocol, void *pair)'),
    bind: declare('int bind(int fd, const void *address, uint32 length)'),
    listen: declare('int listen(int fd, int backlog)'),
    accept4: declare('int accept4(int fd, void *address, void *length, int flags)'),
    connect: declare('int connect(int fd, const void *address, uint32 length)'),
    shutdown: declare('int shutdown(int fd, int how)'),
    close: declare('int close(int fd)'),
    send: declare('long send(int fd, const void *bytes, size_t length, int flags)'),
    sendmsg: declare('long sendmsg(int fd, const void *message, int flags)'),
    recvmsg: declare('long recvmsg(int fd, void *message, int flags)'),
    getsockopt: (fd, option, value) =>
      getsockopt(fd, SOL_SOCKET, option, value, new Int32Array([value.byteLength])),
    fchmod: declare('int fchmod(int fd, uint32 mode)'),
    fcntl: declare('int fcntl(int fd, int command, int value)'),
    lock: (fd, flock) => fcntl(fd, F_SETLK, flock),
    ioctl: declare('int ioctl(int fd, ulong command, void *value)'),
    renameat2: (from, to, flags) => renameat2(from.folder, from.name, to.folder, to.name, flags),
    punchHole: (fd, offset, length) =>
      fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, length),
    getxattr: (path, name, value) => getxattr(path, name, value, value.length),
    setxattr: (path, name, value) => setxattr(path, name, value, value.length, 0),
    poll: declare('int poll(void *entries, ulong count, int timeout)'),
    dup2: declare('int dup2(int from, int to)'),
    prctl: declare('int prctl(int option, ulong value)'),
    signal: declare('int64 signal(int number, int64 action)'),
    execvp: declare('int execvp(int64 file, int64 argv)'),
    // The C library has a function of this name only since glibc 2.36; the number is that of every machine.
    pidfdOpen: (pid) => syscall(434, pid, 0),
    errno: () => koffi.errno(),
    allocate(bytes) {
      const address = koffi.alloc('uint8_t', bytes) as bigint;
      const buffer = koffi.view(address, bytes);
      return { address, bytes: new Uint8Array(buffer), view: new DataView(buffer) };
    },
    watch(fd, what, callback) {
      // koffi's types leave out the first argument of the callback.
      return koffi.node.poll(fd, what, callback as never) as unknown as WatchHandle;
    },
  };
}
