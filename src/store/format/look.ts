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
    const header = viewOf(readAt(open, 0, logHeader));
    if ((header.getUint32(0) & ~1) >>> 0 !== logMagic) return; // SQLite takes it for empty, too
    if (header.getUint32(8) !== pageSize) yield { is: 'foreign', what: 'pages of another size in its log' };
    for (let at = logHeader; at + frameHeader + pageSize <= size; at += frameHeader + pageSize) {
      const frame = viewOf(readAt(open, at, frameHeader));
      const isCurrent =
        frame.getUint32(8) === header.getUint32(16) && frame.getUint32(12) === header.getUint32(20);
      if (isCurrent && frame.getUint32(0) === 1) yield readPageOne(readAt(open, at + frameHeader, pageSize));
    }
  } finally {
    closeSync(open);
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
