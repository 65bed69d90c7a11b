/** Unpacks by the program that packed: Node has no xz, zstd or bzip2, the machines that make such logs do. */
import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { RecordingError } from '../../errors.js';

/** The unpacked bytes. @throws RecordingError if the program is missing or fails */
export async function* throughProgram(
  raw: Readable,
  [program = '', ...args]: readonly string[],
  path: string,
): AsyncIterable<Buffer> {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  const failed = new Promise<string | undefined>((resolve) => {
    let told = '';
    child.stderr.on('data', (piece: Buffer) => (told = (told + piece.toString()).slice(0, 1000)));
    child.once('error', () => {
      resolve(`unpacking it needs the program ${program}, which is not installed; unpack it first`);
    });
    child.once('close', (code) => {
      resolve(code === 0 ? undefined : told.trim().split('\n')[0] || `${program} failed`);
    });
  });
  child.stdin.on('error', () => undefined);
  raw.pipe(child.stdin);
  let wholeRead = false;
  try {
    for await (const piece of child.stdout) yield piece as Buffer;
    wholeRead = true;
  } finally {
    // A program that has written everything has still to exit, and says by its code whether all was sound.
    if (!wholeRead) child.kill();
  }
  const reason = await failed;
  if (reason !== undefined) throw new RecordingError({ reason }, { path });
}
