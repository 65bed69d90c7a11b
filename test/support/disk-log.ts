/**
 * A disk that may lose its power: the writes and syncs of a program, as strace has logged them, and the states in which
 * the disk may be found after each of them. What was synced is there; of the rest, anything.
 */
import { basename } from 'node:path';

/** Bytes at an offset, or a length to which the file was cut. */
interface Write {
  readonly at: number;
  readonly bytes: Buffer | undefined;
  readonly step: number;
  /** The step with which it is surely on the disk. */
  synced: number;
}

interface File {
  readonly writes: Write[];
}

/** A name that came or went. */
interface NameChange {
  readonly name: string;
  readonly file: File | undefined;
  readonly step: number;
  synced: number;
}

/** Which of the changes that are not synced the disk has: none, all, or by chance. */
export type Chance = (place: 'data' | 'name') => boolean;

export class DiskLog {
  readonly #names: NameChange[] = [];
  readonly #files = new Set<File>();
  readonly #told: { readonly step: number; readonly text: string }[] = [];
  /** How many things happened to the folder. */
  steps = 0;

  /** `log`: of `strace -f -y -xx`; `folder`: where the files lie that count; what is written to standard output is told. */
  constructor(log: string, folder: string) {
    const open = new Map<string, { file: File | 'folder'; offset: number }>();
    const current = new Map<string, File>();
    const unfinished = new Map<string, { readonly text: string; readonly began: number }>();
    for (const line of log.split('\n')) {
      const [, pid = '', text = ''] = /^(\d+)\s+(.*)$/.exec(line) ?? [];
      if (text.endsWith('<unfinished ...>')) {
        unfinished.set(pid, { text: text.slice(0, -'<unfinished ...>'.length).trimEnd(), began: this.steps });
        continue;
      }
      // The log has one line for a call, or two where another thread's came in between.
      const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(text);
      const { text: begun, began } = (resumed && unfinished.get(pid)) ?? { text: '', began: this.steps };
      const [, call = '', args = '', result = ''] =
        /^(\w+)\((.*)\)\s+= (.*)$/.exec(begun + (resumed?.[1] ?? text)) ?? [];
      if (result.startsWith('-1')) continue;
      const fd = /^(\d+)</.exec(args)?.[1] ?? '';
      const there = open.get(fd);
      const file = there?.file === 'folder' ? undefined : there?.file;
      const [first = '', second = ''] = stringsOf(args).map((text) => text.toString());
      switch (call) {
        case 'openat': {
          const path = first;
          const number = /^\d+/.exec(result)?.[0] ?? '';
          open.delete(number);
          if (path === folder) open.set(number, { file: 'folder', offset: 0 });
          if (!path.startsWith(`${folder}/`) || path.endsWith('-shm')) break;
          const name = basename(path);
          let opened = current.get(name);
          if (opened === undefined && args.includes('O_CREAT')) {
            opened = { writes: [] };
            this.#files.add(opened);
            current.set(name, opened);
            this.#change(name, opened);
          }
          if (opened !== undefined && args.includes('O_TRUNC')) this.#write(opened, 0, undefined);
          if (opened !== undefined) open.set(number, { file: opened, offset: 0 });
          break;
        }
        case 'close':
          open.delete(fd);
          break;
        case 'write':
        case 'writev':
        case 'pwrite64': {
          const length = Number.parseInt(result, 10);
          const bytes = Buffer.concat(stringsOf(args)).subarray(0, length);
          if (fd === '1') this.#told.push({ step: this.steps, text: bytes.toString() });
          if (file === undefined || there === undefined) break;
          const at = call === 'pwrite64' ? Number(/, (\d+)$/.exec(args)?.[1]) : there.offset;
          if (call !== 'pwrite64') there.offset += length;
          this.#write(file, at, bytes);
          break;
        }
        case 'ftruncate':
          if (file !== undefined) this.#write(file, Number(/, (\d+)$/.exec(args)?.[1]), undefined);
          break;
        case 'fsync':
        case 'fdatasync':
          this.#sync(there?.file, began);
          break;
        case 'unlink':
        case 'unlinkat': {
          const path = first;
          if (path.startsWith(`${folder}/`) && current.delete(basename(path)))
            this.#change(basename(path), undefined);
          break;
        }
        case 'rename': {
          const moved = current.get(basename(first));
          if (!second.startsWith(`${folder}/`) || moved === undefined) break;
          current.delete(basename(first));
          current.set(basename(second), moved);
          this.#change(basename(first), undefined);
          this.#change(basename(second), moved);
        }
      }
    }
  }

  /** What the program had said by then. */
  toldAt(step: number): string {
    return this.#told
      .filter((one) => one.step <= step)
      .map(({ text }) => text)
      .join('');
  }

  /** The steps at which a name came or went, or something was synced: when most can go wrong. */
  get turningPoints(): number[] {
    const writes = [...this.#files].flatMap(({ writes: all }) => all);
    return [...new Set([...this.#names, ...writes].flatMap(({ step, synced }) => [step, synced]))]
      .filter(Number.isFinite)
      .sort((a, b) => a - b);
  }

  /** The files as they may be found after a step. */
  filesAt(step: number, chance: Chance): Map<string, Buffer> {
    const happened = <T extends { readonly step: number; readonly synced: number }>(
      changes: readonly T[],
      place: 'data' | 'name',
    ): T[] => changes.filter((one) => one.step <= step && (one.synced <= step || chance(place)));
    const found = new Map<string, Buffer>();
    for (const { name, file } of happened(this.#names, 'name')) {
      if (file === undefined) found.delete(name);
      else found.set(name, contentOf(happened(file.writes, 'data')));
    }
    return found;
  }

  #change(name: string, file: File | undefined): void {
    this.#names.push({ name, file, step: ++this.steps, synced: Infinity });
  }

  #write(file: File, at: number, bytes: Buffer | undefined): void {
    file.writes.push({ at, bytes, step: ++this.steps, synced: Infinity });
  }

  /** Only what had come to its end when the sync began is surely there at its end. */
  #sync(what: File | 'folder' | undefined, began: number): void {
    if (what === undefined) return;
    this.steps++;
    const changes = what === 'folder' ? this.#names : what.writes;
    for (const one of changes) if (one.step <= began) one.synced = Math.min(one.synced, this.steps);
  }
}

/** The arguments in quotes, of which every byte is written as \xNN. */
function stringsOf(args: string): Buffer[] {
  return [...args.matchAll(/"((?:\\x[0-9a-f]{2})*)"/g)].map(([, hex = '']) =>
    Buffer.from(hex.replaceAll('\\x', ''), 'hex'),
  );
}

function contentOf(writes: readonly Write[]): Buffer {
  let content = Buffer.alloc(0);
  for (const { at, bytes } of writes) {
    const end = bytes === undefined ? at : Math.max(content.length, at + bytes.length);
    const next = Buffer.alloc(end);
    content.copy(next, 0, 0, end);
    bytes?.copy(next, at);
    content = next;
  }
  return content;
}
