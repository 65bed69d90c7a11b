/**
 * Reads the first page of an SQLite file without SQLite: the file's header and its schema, which fits in that page in
 * every recording. SQLite loads the whole schema before it answers anything, and on the way reads statistics and
 * computes columns that the file's maker has thought of; so this comes first. Shapes: sqlite.org/fileformat2.html.
 */
import { RecordingError, type ErrorAccount, type RecordingErrorCode } from '../../errors.js';
import { applicationId } from './format-2.js';
import { foreignEntry, newestFormat, type SchemaEntry } from './foreign.js';

/** How a recording's file is divided. Measured: the same speed as 4 kB, 10 bytes less a message. */
export const pageSize = 8192;

/** `empty`: nothing was ever written into it. `foreign`: not as qmptap makes a recording, and why. */
export type PageOne =
  | { readonly is: 'empty'; readonly hasLog: boolean }
  | { readonly is: 'no database' }
  | { readonly is: 'another program’s' }
  | { readonly is: 'newer'; readonly format: number }
  | { readonly is: 'foreign'; readonly what: string }
  | { readonly is: 'recording'; readonly format: number; readonly hasLog: boolean };

const magic = 'SQLite format 3\0';
/** Places in the header, and what a recording has there: it is never anything else. */
const fixed: readonly (readonly [at: number, length: 1 | 2 | 4, value: number, what: string])[] = [
  [16, 2, pageSize, 'pages of another size'],
  [20, 1, 0, 'room reserved in its pages'],
  [44, 4, 4, 'a schema of another kind'],
  [52, 4, 0, 'pointers for vacuuming'],
  [56, 4, 1, 'text that is not UTF-8'],
];
const headerLength = 100;
const leafOfTable = 0x0d;

/** Judges the first page; `bytes` may be shorter than a page. */
export function readPageOne(bytes: Uint8Array): PageOne {
  if (bytes.length === 0) return { is: 'empty', hasLog: false };
  if (bytes.length < headerLength + 8 || latin1(bytes.subarray(0, 16)) !== magic)
    return { is: 'no database' };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const [id, format] = [view.getUint32(68), view.getUint32(60)];
  const isBlank = id === 0 && format === 0 && view.getUint16(headerLength + 3) === 0;
  if (id !== applicationId && !isBlank) return { is: 'another program’s' };
  if (format > newestFormat) return { is: 'newer', format };
  // SQLite fills in a part of the header with the first table.
  const wrong = fixed.find(([at, length, value]) => {
    const found = numberAt(view, at, length);
    return found !== value && !(isBlank && found === 0);
  });
  if (wrong !== undefined) return { is: 'foreign', what: wrong[3] };
  if (bytes.length < pageSize) return { is: 'no database' };
  const hasLog = bytes[18] !== 1 || bytes[19] !== 1;
  if (isBlank) return { is: 'empty', hasLog };
  const entries = readSchema(bytes.subarray(0, pageSize));
  const what = entries === undefined ? 'a schema that does not fit in a page' : foreignEntry(entries, format);
  if (what !== undefined) return { is: 'foreign', what };
  return { is: 'recording', format, hasLog };
}

/** The rows of `sqlite_schema`, if all of them are in this page. */
function readSchema(page: Uint8Array): SchemaEntry[] | undefined {
  const view = new DataView(page.buffer, page.byteOffset, page.length);
  if (page[headerLength] !== leafOfTable) return undefined;
  const count = view.getUint16(headerLength + 3);
  const cells = headerLength + 8;
  if (count > 100) return undefined;
  const entries: SchemaEntry[] = [];
  for (let cell = 0; cell < count; cell++) {
    const entry = readEntry(page, view.getUint16(cells + 2 * cell));
    if (entry === undefined) return undefined;
    entries.push(entry);
  }
  return entries;
}

/** A cell of a leaf: length, rowid, and a record of five columns. */
function readEntry(page: Uint8Array, at: number): SchemaEntry | undefined {
  const length = varint(page, at);
  const rowid = length && varint(page, length.next);
  if (length === undefined || rowid === undefined || rowid.next + length.value > page.length)
    return undefined;
  // What does not fit goes on in other pages; no statement of ours is so long.
  if (length.value > pageSize - 35) return undefined;
  const record = page.subarray(rowid.next, rowid.next + length.value);
  const head = varint(record, 0);
  if (head === undefined || head.value > record.length) return undefined;
  const values: unknown[] = [];
  let body = head.value;
  for (let place = head.next; place < head.value;) {
    const type = varint(record, place);
    const size = type && sizeOf(type.value);
    if (type === undefined || size === undefined || body + size > record.length) return undefined;
    values.push(valueOf(record.subarray(body, body + size), type.value));
    place = type.next;
    body += size;
  }
  if (values.length !== 5 || body !== record.length) return undefined;
  const [kind, name, table, root, sql] = values;
  return { type: kind, name, table, root, sql };
}

/** Up to seven bits a byte; no number here needs more than four bytes. */
function varint(
  bytes: Uint8Array,
  at: number,
): { readonly value: number; readonly next: number } | undefined {
  let value = 0;
  for (let next = at; next < at + 4;) {
    const byte = bytes[next++];
    if (byte === undefined) return undefined;
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) return { value, next };
  }
  return undefined;
}

const integerSizes = [0, 1, 2, 3, 4];

/** Of a column, by its serial type: NULL, an integer, 0, 1 or text. Undefined for what has no place in a schema. */
function sizeOf(type: number): number | undefined {
  if (type === 8 || type === 9) return 0;
  if (type >= 13 && type % 2 === 1) return (type - 13) / 2;
  return integerSizes[type];
}

function valueOf(bytes: Uint8Array, type: number): unknown {
  if (type === 0) return null;
  if (type === 8 || type === 9) return type - 8;
  if (type >= 13) return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  return bytes.reduce((value, byte) => value * 256 + byte, 0);
}

function numberAt(view: DataView, at: number, length: 1 | 2 | 4): number {
  if (length === 1) return view.getUint8(at);
  return length === 2 ? view.getUint16(at) : view.getUint32(at);
}

function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

type Refused = Exclude<PageOne, { readonly is: 'empty' | 'recording' }>;

/** The one line for a file that is not opened. `known`: the newest format that can be read. */
export function refusal(path: string, page: Refused, known = newestFormat): RecordingError {
  const [code, account] = told(page, known);
  return new RecordingError(account, { path, code });
}

function told(page: Refused, known: number): [RecordingErrorCode, ErrorAccount] {
  switch (page.is) {
    case 'no database':
      return ['NOT_A_RECORDING', { reason: 'it is no recording' }];
    case 'another program’s':
      return ['NOT_A_RECORDING', { reason: "it is no recording, but another program's database" }];
    case 'newer': {
      const reason = `it was made by a newer qmptap (format ${page.format}, this one knows ${known})`;
      return ['NEWER', { reason, remedy: 'please update' }];
    }
    case 'foreign':
      return [
        'UNSAFE',
        {
          reason: `it is not as qmptap makes a recording: it has ${page.what}`,
          remedy: 'if that is your own, drop it with sqlite3',
        },
      ];
  }
}
