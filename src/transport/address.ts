/**
 * Addresses as users write them: `unix:/path` or anything with a `/`, `tcp:HOST:PORT` or `HOST:PORT`,
 * `fd:N` for an inherited socket, `stdio`. Only text and its meaning; nothing is looked up or opened.
 */
import { UsageError } from '../errors.js';

export type Address =
  | { readonly kind: 'unix'; readonly path: string }
  /** Without a host: the loopback address. */
  | { readonly kind: 'tcp'; readonly host: string | undefined; readonly port: number }
  | { readonly kind: 'fd'; readonly fd: number }
  | { readonly kind: 'stdio' };

/** `sun_path` has 108 bytes, the last of them a NUL (unix(7)). */
const unixPathBytes = 107;

const forms = 'write unix:/PATH, tcp:HOST:PORT, fd:N or stdio';

/** Reads an address. @throws UsageError with one line that says what is wrong with it. */
export function parseAddress(text: string): Address {
  if (text === 'stdio') return { kind: 'stdio' };
  if (text.startsWith('unix:')) return unixAddress(text, text.slice('unix:'.length));
  if (text.startsWith('fd:')) return fdAddress(text);
  if (text.startsWith('tcp:')) return tcpAddress(text, text.slice('tcp:'.length));
  if (text.includes('/')) return unixAddress(text, text);
  if (text.includes(':')) return tcpAddress(text, text);
  throw refused(text, text === '' ? 'it is empty' : 'it is neither a path nor HOST:PORT', forms);
}

/** The address as text that `parseAddress` reads as the same address. */
export function formatAddress(address: Address): string {
  switch (address.kind) {
    case 'unix':
      return `unix:${address.path}`;
    case 'tcp': {
      const host = address.host ?? '127.0.0.1';
      return `tcp:${host.includes(':') ? `[${host}]` : host}:${address.port}`;
    }
    case 'fd':
      return `fd:${address.fd}`;
    case 'stdio':
      return 'stdio';
  }
}

function unixAddress(text: string, path: string): Address {
  if (path === '') throw refused(text, 'the path is empty', forms);
  if (path.includes('\0')) throw refused(text, 'the path holds a NUL byte', forms);
  const bytes = new TextEncoder().encode(path).length;
  if (bytes > unixPathBytes) {
    throw refused(
      text,
      `the socket's path has ${bytes} bytes and the system takes ${unixPathBytes}`,
      'use a shorter one',
    );
  }
  return { kind: 'unix', path };
}

function fdAddress(text: string): Address {
  const fd = /^fd:(\d{1,9})$/.exec(text)?.[1];
  if (fd === undefined) throw refused(text, 'after fd: comes the number of an open descriptor', 'write fd:3');
  return { kind: 'fd', fd: Number(fd) };
}

function tcpAddress(text: string, rest: string): Address {
  const parts = /^(?:\[([^[\]]*)\]:|([^:[\]]*):)?(\d+)$/.exec(rest);
  if (parts?.[3] === undefined) {
    const bare = /^[^[\]]*:[^[\]]*:/.test(rest);
    throw refused(
      text,
      bare ? 'an IPv6 address needs brackets' : 'no port number in it',
      'write HOST:PORT or [::1]:4444',
    );
  }
  const port = Number(parts[3]);
  if (port > 65535) throw refused(text, `port ${parts[3]} is above 65535`, 'write HOST:PORT');
  const host = parts[1] ?? parts[2];
  return { kind: 'tcp', host: host === '' ? undefined : host, port };
}

function refused(text: string, reason: string, remedy: string): UsageError {
  return new UsageError({ subject: `address ${JSON.stringify(text)}`, reason, remedy }, { text });
}
