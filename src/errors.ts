/**
 * Every error that qmptap raises on purpose. What a peer sends is never an error, however
 * broken: it is recorded. An error means that the caller erred or that our surroundings failed.
 *
 *     QmptapError            code, exitCode, cause
 *      ├── UsageError        2  a flag, an address, a filter or a path that does not parse
 *      ├── ConnectError      1  a peer that cannot be reached, or an address that cannot be listened on
 *      ├── RecordingError    1  a file that is no recording, is damaged, or is from a newer qmptap
 *      ├── OutputError       1  a file that cannot be written, or exists already
 *      ├── JsonError         1  text that is not JSON as QEMU reads it
 *      └── DivergenceError   3  a replay or a comparison that found a difference
 *
 * A message is one line, `WHAT: WHY; what to do`, and may be shown to the user as it is.
 */

/** The code of an error, stable over versions, for programs. */
export type ErrorCode = 'USAGE' | 'CONNECT' | 'RECORDING' | 'OUTPUT' | 'JSON' | 'DIVERGENCE';

/** The root of all; `exitCode` is what the command line ends with. */
export abstract class QmptapError extends Error {
  abstract readonly code: ErrorCode;
  readonly exitCode: number = 1;

  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** What the user asked for cannot be understood; `column` (from 0) points into `text` where that helps. */
export class UsageError extends QmptapError {
  readonly code = 'USAGE';
  override readonly exitCode = 2;
  readonly text: string | undefined;
  readonly column: number | undefined;

  constructor(message: string, options?: { cause?: unknown; text?: string; column?: number }) {
    super(message, options);
    this.text = options?.text;
    this.column = options?.column;
  }
}

/** A socket that cannot be connected to or listened on; `address` is the one meant. */
export class ConnectError extends QmptapError {
  readonly code = 'CONNECT';
  readonly address: string;

  constructor(message: string, options: { cause?: unknown; address: string }) {
    super(message, options);
    this.address = options.address;
  }
}

/** A recording that cannot be read; `path` is the file. */
export class RecordingError extends QmptapError {
  readonly code = 'RECORDING';
  readonly path: string;

  constructor(message: string, options: { cause?: unknown; path: string }) {
    super(message, options);
    this.path = options.path;
  }
}

/** A file that cannot be written, or that must not be overwritten; `path` is the file. */
export class OutputError extends QmptapError {
  readonly code = 'OUTPUT';
  readonly path: string;

  constructor(message: string, options: { cause?: unknown; path: string }) {
    super(message, options);
    this.path = options.path;
  }
}

/** Text that QEMU's JSON parser refuses; `reason` is worded as QEMU words it, `offset` counts bytes. */
export class JsonError extends QmptapError {
  readonly code = 'JSON';
  readonly reason: string;
  readonly offset: number;

  constructor(reason: string, offset: number) {
    super(`JSON parse error, ${reason}`);
    this.reason = reason;
    this.offset = offset;
  }
}

/** A replay that did not go as recorded; the message is the whole `->`/`<-` account, several lines. */
export class DivergenceError extends QmptapError {
  readonly code = 'DIVERGENCE';
  override readonly exitCode = 3;
}
