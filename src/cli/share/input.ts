/**
 * A file to import, as bytes: packed by gzip or xz or not at all, which its first bytes tell; and how far
 * reading it has come.
 */
import { spawn } from 'node:child_process';
import { createReadStream, fstatSync, openSync, readSync } from 'node:fs';
import { basename } from 'node:path';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { RecordingError } from '../../errors.js';
import { reasonOf } from '../../store/disk/files.js';

export interface Input {
  /** As the user named it. */
  readonly path: string;
  /** What it is called where nobody knows its folder. */
  readonly name: string;
  /** Microseconds since 1970: when the file was last changed, or now. */
  readonly changed: number;
  /** Its size as it lies on the disk; undefined of a pipe. */
  readonly size: number | undefined;
  readonly bytes: AsyncIterable<Buffer>;
  /** How much of that size has been read. */
  position(): number;
}

const pieceSize = 1 << 20;

/**
 * Opens a file, or standard input for `-`.
 * @throws RecordingError if it cannot be read or unpacked; `bytes` throws it as well
 */
export function openInput(path: string): Input {
  const isPipe = path === '-';
  const name = isPipe ? 'standard input' : path;
  try {
    const file = isPipe ? 0 : openSync(path, 'r');
    const stat = fstatSync(file);
    if (stat.isDirectory()) throw new RecordingError(`${name}: it is a folder; name a file`, { path });
    const head = Buffer.alloc(6);
    const isFile = stat.isFile();
    const known = isFile ? readSync(file, head, 0, head.length, 0) : 0;
    let read = 0;
    const raw = isPipe
      ? process.stdin
      : createReadStream('', { fd: file, start: 0, highWaterMark: pieceSize });
    raw.on('data', (piece: Buffer | string) => {
      read += piece.length;
    });
    raw.pause();
    return {
      path: name,
      name: isPipe ? name : basename(path),
      changed: Math.round((isFile ? stat.mtimeMs : Date.now()) * 1000),
      size: isFile ? stat.size : undefined,
      bytes: named(unpacked(raw, head.subarray(0, known), path), name, path),
      position: () => read,
    };
  } catch (error) {
    throw asInputError(error, name, path);
  }
}

function unpacked(raw: Readable, head: Buffer, path: string): AsyncIterable<Buffer> {
  if (head.subarray(0, 2).equals(gzipMagic)) return raw.pipe(createGunzip({ chunkSize: pieceSize }));
  if (head.equals(xzMagic)) return throughXz(raw, path);
  return raw;
}

const gzipMagic = Buffer.from([0x1f, 0x8b]);
const xzMagic = Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]);

/** Node has no xz, the machines that make such logs do. */
async function* throughXz(raw: Readable, path: string): AsyncIterable<Buffer> {
  const xz = spawn('xz', ['--decompress', '--stdout'], { stdio: ['pipe', 'pipe', 'pipe'] });
  const failed = new Promise<string | undefined>((resolve) => {
    let told = '';
    xz.stderr.on('data', (piece: Buffer) => (told = (told + piece.toString()).slice(0, 1000)));
    xz.once('error', () => {
      resolve('unpacking it needs the program xz, which is not installed; unpack it first');
    });
    xz.once('close', (code) => {
      resolve(code === 0 ? undefined : told.trim().split('\n')[0] || 'xz failed');
    });
  });
  xz.stdin.on('error', () => undefined);
  raw.pipe(xz.stdin);
  try {
    for await (const piece of xz.stdout) yield piece as Buffer;
  } finally {
    xz.kill();
  }
  const reason = await failed;
  if (reason !== undefined) throw new RecordingError(`${path}: ${reason}`, { path });
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
  return new RecordingError(`${name}: cannot be read: ${reason}`, { path, cause: error });
}
