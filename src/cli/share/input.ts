/**
 * A file to import, as bytes of UTF-8 or of the encoding that the log has: unpacked and decoded as its first bytes tell. A log
 * that grows is followed where that is asked for.
 */
import { createReadStream, fstatSync, openSync, ReadStream, statSync } from 'node:fs';
import { basename } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { createGunzip } from 'node:zlib';
import { RecordingError } from '../../errors.js';
import { reasonOf } from '../../store/disk/files.js';
import { throughProgram } from './unpack.js';

export interface Input {
  /** As the user named it. */
  readonly path: string;
  /** Its name without the folder. */
  readonly name: string;
  /** Microseconds since 1970: when the file was last changed, or now. */
  readonly changed: number;
  /** Its size as it lies on the disk; undefined of a pipe, and of what may grow. */
  readonly size: number | undefined;
  /** More may come later: a pipe, or a file that is followed. */
  readonly isLive: boolean;
  readonly bytes: AsyncIterable<Buffer>;
  /** How much of that size has been read. */
  position(): number;
}

export interface InputOptions {
  /** Go on at the end of a file as it grows. */
  readonly follow: boolean;
  /** Aborted: what has come so far is all. */
  readonly until: AbortSignal;
}

const pieceSize = 1 << 20;

/** Between two looks at a file that may have grown, milliseconds. */
const pollInterval = 100;

/**
 * Opens a file, or standard input for `-`.
 * @throws RecordingError if it cannot be read or unpacked; `bytes` throws it as well
 */
export function openInput(path: string, { follow, until }: InputOptions): Input {
  const isPipe = path === '-';
  const name = isPipe ? 'standard input' : path;
  try {
    const file = isPipe ? 0 : openSync(path, 'r');
    const stat = fstatSync(file);
    if (stat.isDirectory())
      throw new RecordingError({ reason: 'it is a folder', remedy: 'name a file' }, { path });
    const isFile = stat.isFile();
    const raw: Readable =
      isPipe && !isFile ? process.stdin : createReadStream('', { fd: file, highWaterMark: pieceSize });
    const isFollowed = follow && isFile;
    const bytes = isFollowed && !isPipe ? followed(raw, path, until) : unpacked(raw, path, until);
    return {
      path: name,
      name: isPipe ? name : basename(path),
      changed: Math.round((isFile && !isFollowed ? stat.mtimeMs : Date.now()) * 1000),
      size: isFile && !isFollowed ? stat.size : undefined,
      isLive: isFollowed || !isFile,
      bytes: named(bytes, name, path),
      position: () => (raw instanceof ReadStream ? raw.bytesRead : 0),
    };
  } catch (error) {
    throw asInputError(error, name, path);
  }
}

/** What is packed and how, by its first bytes. */
const packings: readonly { readonly magic: readonly number[]; readonly program?: readonly string[] }[] = [
  { magic: [0x1f, 0x8b] },
  { magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], program: ['xz', '--decompress', '--stdout'] },
  { magic: [0x28, 0xb5, 0x2f, 0xfd], program: ['zstd', '--decompress', '--stdout', '--quiet'] },
  { magic: [0x42, 0x5a, 0x68], program: ['bzip2', '--decompress', '--stdout'] },
];

async function* unpacked(raw: Readable, path: string, until: AbortSignal): AsyncIterable<Buffer> {
  const stop = (): void => {
    raw.destroy();
  };
  until.addEventListener('abort', stop);
  try {
    const head = await firstPiece(raw);
    const packing = packings.find(({ magic }) => magic.every((byte, at) => head[at] === byte));
    if (packing?.program !== undefined) yield* throughProgram(raw, packing.program, path);
    else if (packing !== undefined)
      yield* raw.pipe(createGunzip({ chunkSize: pieceSize })) as AsyncIterable<Buffer>;
    else yield* decoded(raw as AsyncIterable<Buffer>, head);
  } catch (error) {
    // Ended by the caller: the input is what has come so far.
    if (!until.aborted) throw error;
  } finally {
    until.removeEventListener('abort', stop);
  }
}

/** Looks at what comes first, and puts it back. */
function firstPiece(raw: Readable): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      const piece = raw.read() as Buffer | null;
      if (piece === null) return;
      done();
      raw.unshift(piece);
      resolve(piece);
    };
    const none = (): void => {
      done();
      resolve(Buffer.alloc(0));
    };
    const failed = (error: Error): void => {
      done();
      reject(error);
    };
    const done = (): void => {
      raw.off('readable', look).off('end', none).off('close', none).off('error', failed);
    };
    raw.on('readable', look).on('end', none).on('close', none).on('error', failed);
  });
}

/** UTF-16 as Windows writes it becomes UTF-8; everything else stays. */
async function* decoded(bytes: AsyncIterable<Buffer>, head: Buffer): AsyncIterable<Buffer> {
  const isLittle = head[0] === 0xff && head[1] === 0xfe;
  const isBig = head[0] === 0xfe && head[1] === 0xff;
  if (!isLittle && !isBig) {
    yield* bytes;
    return;
  }
  const decoder = new TextDecoder(isLittle ? 'utf-16le' : 'utf-16be');
  for await (const piece of bytes) yield Buffer.from(decoder.decode(piece, { stream: true }));
  yield Buffer.from(decoder.decode());
}

/** A log that grows, over its rotation: until the signal, or until it is gone. */
async function* followed(raw: Readable, path: string, until: AbortSignal): AsyncIterable<Buffer> {
  let stream = raw;
  for (;;) {
    const begun = statSync(path, { throwIfNoEntry: false });
    let read = 0;
    for (;;) {
      for await (const piece of stream as AsyncIterable<Buffer>) {
        read += piece.length;
        yield piece;
      }
      const now = statSync(path, { throwIfNoEntry: false });
      if (isOver(until)) return;
      if (now !== undefined && (now.ino !== begun?.ino || now.size < read)) break;
      if (now === undefined || now.size === read) {
        await setTimeout(pollInterval, undefined, { signal: until }).catch(() => undefined);
        if (isOver(until)) return;
      }
      if (statSync(path, { throwIfNoEntry: false })?.ino === begun?.ino) {
        stream = createReadStream(path, { start: read, highWaterMark: pieceSize });
      }
    }
    // Another file has its name now.
    stream = createReadStream(path, { highWaterMark: pieceSize });
  }
}

function isOver(until: AbortSignal): boolean {
  return until.aborted;
}

async function* named(bytes: AsyncIterable<Buffer>, name: string, path: string): AsyncIterable<Buffer> {
  try {
    for await (const piece of bytes) yield piece;
  } catch (error) {
    throw asInputError(error, name, path);
  }
}

function asInputError(error: unknown, name: string, path: string): unknown {
  if (!(error instanceof Error) || !('code' in error) || error instanceof RecordingError) return error;
  const isPacked = typeof error.code === 'string' && error.code.startsWith('Z_');
  const reason = isPacked ? `the gzip data is damaged or cut (${error.message})` : reasonOf(error);
  return new RecordingError({ subject: name, reason: `cannot be read: ${reason}` }, { path, cause: error });
}
