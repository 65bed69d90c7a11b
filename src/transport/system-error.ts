/** Names and messages of system errors, by their numbers. */
import { constants } from 'node:os';
import { getSystemErrorMap } from 'node:util';

/** The numbers of the errors that are handled differently. */
export const {
  EACCES,
  EADDRINUSE,
  EAGAIN,
  ECONNREFUSED,
  ECONNRESET,
  EFAULT,
  EINTR,
  EMFILE,
  ENFILE,
  ENOBUFS,
  ENOENT,
  ENOMEM,
  ENOTSOCK,
  EPERM,
  EPROTOTYPE,
} = constants.errno;

/** `connection refused (ECONNREFUSED)`. */
export function errorText(errno: number): string {
  const [name, words] = getSystemErrorMap().get(-errno) ?? ['', 'unknown system error'];
  return `${words} (${name === '' ? errno : name})`;
}

/** Whether it is the error, or its number, of a system call that lacked a free descriptor: that may pass. */
export function isOutOfDescriptors(error: unknown): boolean {
  const errno = error instanceof Error ? -((error as NodeJS.ErrnoException).errno ?? 0) : error;
  return errno === EMFILE || errno === ENFILE;
}

/** What `errorText` gives, of an error that Node raised. */
export function nodeErrorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const errno = (error as NodeJS.ErrnoException).errno;
  return typeof errno === 'number' && errno < 0 && getSystemErrorMap().has(errno)
    ? errorText(-errno)
    : error.message;
}
