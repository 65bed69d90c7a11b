/**
 * Every error that qmptap raises on purpose. What a peer sends is never an error, however
 * broken: it is recorded. An error means that the caller erred or that our surroundings failed.
 *
 *     QmptapError            code, exitCode, subject, reason, remedy, cause
 *      ├── UsageError        2  a flag, an address, a filter or a path that does not parse
 *      ├── ConnectError      1  a peer that cannot be reached, or an address that cannot be listened on
 *      ├── RecordingError    1  a file that is no recording, is damaged, or is from a newer qmptap
 *      ├── OutputError       1  a file that cannot be written, or exists already
 *      ├── JsonError         1  text that is not JSON as QEMU reads it
 *      └── DivergenceError   3  a replay or a comparison that found a difference
 *
 * A message is one line, `SUBJECT: REASON; REMEDY`, and may be shown to the user as it is. It is composed
 * here and nowhere else, of fields that a program can read; nobody reads a message to decide anything.
 */

/**
 * Why a recording cannot be read. `MISSING`: there is no such file. `NOT_A_RECORDING`: something else.
 * `DAMAGED`: a recording with parts that cannot be what was written. `NEWER`: made by a newer qmptap.
 * `IN_USE`: locked, or still being made; try again. `UNSAFE`: reading it could run or change something,
 * or another user could. `UNREADABLE`: the system refuses. `RECORDING`: anything else.
 */
export type RecordingErrorCode =
  'MISSING' | 'NOT_A_RECORDING' | 'DAMAGED' | 'NEWER' | 'IN_USE' | 'UNSAFE' | 'UNREADABLE' | 'RECORDING';

/**
 * Why a file cannot be written. `EXISTS`: it is there already. `IN_USE`: somebody is recording into it.
 * `UNSAFE`: another user could change it on the way. `NO_SPACE`: the disk or the quota is full.
 * `OUTPUT`: anything else.
 */
export type OutputErrorCode = 'EXISTS' | 'IN_USE' | 'UNSAFE' | 'NO_SPACE' | 'OUTPUT';

/**
 * Why there is no connection. `NO_SERVER`: nobody listens there, any more or yet. `IN_USE`: another process listens
 * where we want to. `CONNECT`: anything else.
 */
export type ConnectErrorCode = 'NO_SERVER' | 'IN_USE' | 'CONNECT';

/** What an error is, for programs; stable over versions. */
export type ErrorCode =
  'USAGE' | ConnectErrorCode | RecordingErrorCode | OutputErrorCode | 'JSON' | 'DIVERGENCE';

/** What an error tells: of what, why, and what to do about it. */
export interface ErrorAccount {
  /** A file, an address, a flag with its value. */
  readonly subject?: string | undefined;
  /** Why. */
  readonly reason: string;
  /** What to do about it. */
  readonly remedy?: string | undefined;
}

/** The root of all; `exitCode` is what the command line ends with. */
export abstract class QmptapError extends Error implements ErrorAccount {
  /** What the error is, for programs. */
  abstract readonly code: ErrorCode;
  /** What the command line ends with. */
  readonly exitCode: number = 1;
  /** What it is about: a file, an address, a flag with its value. */
  readonly subject: string | undefined;
  /** Why. */
  readonly reason: string;
  /** What to do about it. */
  readonly remedy: string | undefined;

  /** A text alone is all reason. */
  constructor(account: ErrorAccount | string, options?: { cause?: unknown }) {
    const { subject, reason, remedy }: ErrorAccount =
      typeof account === 'string' ? { reason: account } : account;
    super(composed({ subject, reason, remedy }), options);
    this.name = new.target.name;
    this.subject = subject;
    this.reason = reason;
    this.remedy = remedy;
  }
}

/** What the user asked for cannot be understood; `column` (from 0) points into `text` where that helps. */
export class UsageError extends QmptapError {
  /** See `ErrorCode`. */
  readonly code = 'USAGE';
  /** What the command line ends with. */
  override readonly exitCode = 2;
  /** What cannot be understood, if it is a text. */
  readonly text: string | undefined;
  /** Where in it, from 0. */
  readonly column: number | undefined;

  constructor(account: ErrorAccount | string, options?: { cause?: unknown; text?: string; column?: number }) {
    super(account, options);
    this.text = options?.text;
    this.column = options?.column;
  }
}

/** What could not be done with an address. */
export type ConnectAttempt = 'connect to' | 'listen on' | 'attach to' | 'use';

/**
 * A socket that cannot be connected to or listened on; `address` is the one meant. With an `attempt` it is the
 * subject, and the message begins with that: `cannot connect to ADDRESS: REASON; REMEDY`.
 */
export class ConnectError extends QmptapError {
  /** See `ConnectErrorCode`. */
  readonly code: ConnectErrorCode;
  /** The one that is meant. */
  readonly address: string;

  constructor(
    account: ErrorAccount | string,
    options: {
      cause?: unknown;
      address: string;
      attempt?: ConnectAttempt;
      code?: ConnectErrorCode | undefined;
    },
  ) {
    const { address, attempt, code = 'CONNECT' } = options;
    super(attempt === undefined ? account : about(address, account), options);
    if (attempt !== undefined) this.message = `cannot ${attempt} ${this.message}`;
    this.address = address;
    this.code = code;
  }
}

/** A recording that cannot be read; `path` is the file, and the subject of an account that has none. */
export class RecordingError extends QmptapError {
  /** See `RecordingErrorCode`. */
  readonly code: RecordingErrorCode;
  /** The file. */
  readonly path: string;

  constructor(
    account: ErrorAccount | string,
    options: { cause?: unknown; path: string; code?: RecordingErrorCode },
  ) {
    super(about(options.path, account), options);
    this.code = options.code ?? 'RECORDING';
    this.path = options.path;
  }
}

/** A file that cannot be written, or that must not be overwritten; `path` is the file, and the subject as above. */
export class OutputError extends QmptapError {
  /** See `OutputErrorCode`. */
  readonly code: OutputErrorCode;
  /** The file. */
  readonly path: string;

  constructor(
    account: ErrorAccount | string,
    options: { cause?: unknown; path: string; code?: OutputErrorCode },
  ) {
    super(about(options.path, account), options);
    this.code = options.code ?? 'OUTPUT';
    this.path = options.path;
  }
}

/** Text that QEMU's JSON parser refuses; `reason` is worded as QEMU words it, `offset` counts bytes. */
export class JsonError extends QmptapError {
  /** See `ErrorCode`. */
  readonly code = 'JSON';
  /** Where in the text, in bytes. */
  readonly offset: number;

  constructor(reason: string, offset: number) {
    super({ reason });
    this.message = `JSON parse error, ${reason}`; // QEMU's own words, comma and all
    this.offset = offset;
  }
}

/** A replay that did not go as recorded; the message is the whole `->`/`<-` account, several lines. */
export class DivergenceError extends QmptapError {
  /** See `ErrorCode`. */
  readonly code = 'DIVERGENCE';
  /** What the command line ends with. */
  override readonly exitCode = 3;
}

function about(path: string, account: ErrorAccount | string): ErrorAccount | string {
  return typeof account === 'string' ? account : { subject: path, ...account };
}

/** `SUBJECT: REASON; REMEDY`, as far as there is any. */
function composed({ subject, reason, remedy }: ErrorAccount): string {
  return (subject === undefined ? '' : `${subject}: `) + reason + (remedy === undefined ? '' : `; ${remedy}`);
}
