/**
 * Looks at a file before SQLite does, and says whether it may: it has to be a recording of a format that is known, by
 * its first page and by every version of that page in the log.
 */
import { closeSync, fstatSync, readSync } from 'node:fs';
import { codeOf } from '../disk/files.js';
import { fileAt, isOpenHere } from '../disk/moved-file.js';
import { openRegular } from '../disk/sidecar-files.js';
import { pageSize, readPageOne, refusal, type PageOne } from './page-one.js';

/** What a file is that may be opened. */
export type Looked = PageOne & { readonly is: 'empty' | 'recording' };

const logHeader = 32;
const frameHeader = 24;
/** The last bit tells the order of the checksums' bytes. */
const logMagic = 0x377f0682;

/**
 * Undefined of a file that this process has open already: to close it would take SQLite's locks away, and
 * whoever opened it has looked. `path` is what the user calls the file.
 * @throws RecordingError if SQLite had better not open it, the system's error
 */
export function lookAt(path: string, file: string): Looked | undefined {
  const id = fileAt(file);
  if (id === undefined || isOpenHere(id)) return undefined;
  const open = openRegular(file);
  let page: Looked;
  try {
    page = allowed(path, readPageOne(readAt(open, 0, pageSize)));
  } finally {
    if (!isOpenHere(id, open)) closeSync(open);
  }
  if (page.is === 'empty' && !page.hasLog) return page; // what is in its log has nothing to stand on
  for (const version of pagesInLog(`${file}-wal`, page.hasLog)) allowed(path, version);
  return page;
}

/** Every version of the first page that SQLite could take from the log. */
function* pagesInLog(log: string, hasLog: boolean): Iterable<PageOne> {
  let open: number;
  try {
    open = openRegular(log);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw error;
  }
  try {
    const { size } = fstatSync(open);
    if (size < logHeader) return;
    if (!hasLog) yield { is: 'foreign', what: 'a log (-wal) beside it, though it is finished' };
    yield* pagesOf(open, size);
  } finally {
    closeSync(open);
  }
}

/** As SQLite reads a log: up to the first frame whose checksum is wrong, since a crash left the rest. */
function* pagesOf(open: number, size: number): Iterable<PageOne> {
  const header = readAt(open, 0, logHeader);
  const view = viewOf(header);
  if ((view.getUint32(0) & ~1) >>> 0 !== logMagic) return;
  const littleEndian = view.getUint32(0) === logMagic;
  const sum = new Checksum(littleEndian);
  sum.add(header.subarray(0, 24));
  if (!sum.is(view.getUint32(24), view.getUint32(28))) return;
  if (view.getUint32(8) !== pageSize) yield { is: 'foreign', what: 'pages of another size in its log' };
  for (let at = logHeader; at + frameHeader + pageSize <= size; at += frameHeader + pageSize) {
    const frame = readAt(open, at, frameHeader + pageSize);
    const head = viewOf(frame);
    sum.add(frame.subarray(0, 8));
    sum.add(frame.subarray(frameHeader));
    const isCurrent = head.getUint32(8) === view.getUint32(16) && head.getUint32(12) === view.getUint32(20);
    if (!isCurrent || !sum.is(head.getUint32(16), head.getUint32(20))) return;
    if (head.getUint32(0) === 1) yield readPageOne(frame.subarray(frameHeader));
  }
}

/** SQLite's, of a log: two sums over words of four bytes (sqlite.org/fileformat2.html, 4.2). */
class Checksum {
  readonly #littleEndian: boolean;
  #one = 0;
  #two = 0;

  constructor(littleEndian: boolean) {
    this.#littleEndian = littleEndian;
  }

  add(bytes: Uint8Array): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    for (let at = 0; at < bytes.length; at += 8) {
      this.#one = (this.#one + view.getUint32(at, this.#littleEndian) + this.#two) >>> 0;
      this.#two = (this.#two + view.getUint32(at + 4, this.#littleEndian) + this.#one) >>> 0;
    }
  }

  is(one: number, two: number): boolean {
    return this.#one === one && this.#two === two;
  }
}

function readAt(open: number, at: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  return bytes.subarray(0, readSync(open, bytes, 0, length, at));
}

/** Of a header, which is all zeros as far as it is not there. */
function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer);
}

function allowed(path: string, page: PageOne): Looked {
  if (page.is === 'empty' || page.is === 'recording') return page;
  throw refusal(path, page);
}
