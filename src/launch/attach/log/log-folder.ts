/**
 * Where a log of libvirt's goes for us, and what tells the next start of a log that was left: a folder for each attach,
 * beside the daemon's own files, since that is where a confined daemon may write.
 *
 *     /var/lib/libvirt/qmptap/lock                 held while settings are changed
 *                             log-4711-x7Gq2p/log            libvirt's, of which read parts are freed
 *                                            /settings.json  what was set before, and what is ours
 *                                            /holder.json    the process whose it is
 */
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  type Stats,
  writeFileSync,
} from 'node:fs';
import { join, sep } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { UsageError } from '../../../errors.js';
import { HeldFolder, isSame } from '../../../transport/path/held-folder.js';
import { lockSocket } from '../../../transport/unix/socket-lock.js';
import { livingHolder, startOf, writeHolder } from '../../../transport/path/holder.js';
import type { LibvirtDaemon } from '../libvirt-daemon.js';
import { type LogSettings, wordsOf } from './settings.js';

/** What has to be put back, and in which process of the daemon. */
export interface ChangedSettings {
  readonly daemon: { readonly pid: number; readonly started: string };
  readonly before: LogSettings;
  readonly ours: LogSettings;
}

const names = { base: 'qmptap', lock: 'lock', log: 'log', settings: 'settings.json' };
const prefix = 'log-';
/** No file of settings is larger. */
const largest = 256 * 1024;
/** Another attach changes the settings in some tenths of a second. */
const lockPatienceMs = 30_000;
const lockEveryMs = 50;

/** One attach's folder. */
export class LogFolder {
  /** Held open: the daemon may have mounts of its own, which end with it. */
  readonly #base: HeldFolder;
  /** Seen from here. */
  readonly #path: string;
  /** The log, as the daemon names it. */
  readonly log: string;

  private constructor(daemon: LibvirtDaemon, name: string) {
    this.#base = new HeldFolder(baseOf(daemon));
    this.#path = this.#base.at(name);
    this.log = join(daemon.files, names.base, name, names.log);
  }

  /** Makes one, while locked. @throws UsageError for a path that libvirt does not take */
  static make(daemon: LibvirtDaemon, recording: string): LogFolder {
    const base = baseOf(daemon);
    const path = mkdtempSync(join(base, `${prefix}${process.pid}-`));
    const folder = new LogFolder(daemon, path.slice(base.length + 1));
    if (/[\s:]/.test(folder.log)) {
      folder.remove();
      throw new UsageError({
        subject: folder.log,
        reason: 'libvirt takes no path with white space or a colon',
      });
    }
    folder.#held((held) => {
      writeHolder(held, recording);
    });
    return folder;
  }

  /** Those whose process has ended. */
  static left(daemon: LibvirtDaemon): LogFolder[] {
    return namesIn(baseOf(daemon)).flatMap((name) => {
      if (!name.startsWith(prefix)) return [];
      const folder = new LogFolder(daemon, name);
      if (folder.#isLeft()) return [folder];
      folder.close();
      return [];
    });
  }

  /** Makes the log's file, empty; a descriptor to read it by. */
  makeLog(): number {
    const { O_RDWR, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
    return openSync(join(this.#path, names.log), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  }

  write(changed: ChangedSettings): void {
    writeFileSync(join(this.#path, names.settings), JSON.stringify(changed), { mode: 0o600 });
  }

  /** Undefined if nothing was changed yet. */
  read(): ChangedSettings | undefined {
    try {
      const path = join(this.#path, names.settings);
      if (lstatSync(path).size > largest) return undefined;
      return parseChanged(readFileSync(path, 'utf8'));
    } catch {
      return undefined; // not written, or cut off by a crash before anything was changed
    }
  }

  /** Removes it with all that is in it. */
  remove(): void {
    rmSync(this.#path, { recursive: true, force: true });
    this.close();
  }

  /** Leaves it where it is. */
  close(): void {
    this.#base.close();
  }

  #isLeft(): boolean {
    try {
      return this.#held((held) => livingHolder(held) === undefined);
    } catch {
      return false; // another process has just removed it
    }
  }

  #held<T>(use: (folder: HeldFolder) => T): T {
    const folder = new HeldFolder(this.#path, { noFollow: true });
    try {
      return use(folder);
    } finally {
      folder.close();
    }
  }
}

/** Who runs as this process, to be known again. */
export function processOf(pid: number): ChangedSettings['daemon'] {
  return { pid, started: startOf(pid) ?? '' };
}

/**
 * Lets no other process of qmptap change the daemon's settings, or these folders, meanwhile.
 * @throws UsageError if another one does so for long, or another user could change what is in them
 */
export async function whileLocked<T>(daemon: LibvirtDaemon, action: () => Promise<T>): Promise<T> {
  const base = baseOf(daemon);
  const path = join(base, names.lock);
  const begun = performance.now();
  for (;;) {
    mkdirSync(base, { recursive: true, mode: 0o700 });
    checkPrivate(daemon);
    const { O_RDWR, O_CREAT, O_NOFOLLOW } = constants;
    const file = openSync(path, O_RDWR | O_CREAT | O_NOFOLLOW, 0o600);
    try {
      // The one before may have removed it.
      if (lockSocket(file) && isSame(fstatSync(file), lstatSync(path, { throwIfNoEntry: false })))
        return await action().finally(() => {
          removeUnused(base);
        });
    } finally {
      closeSync(file);
    }
    if (performance.now() - begun > lockPatienceMs)
      throw new UsageError({ subject: path, reason: 'another qmptap is still changing what libvirt logs' });
    await sleep(lockEveryMs);
  }
}

/** Removes the folder of all, with the lock, if nothing else is in it. */
function removeUnused(base: string): void {
  if (namesIn(base).some((name) => name !== names.lock)) return;
  rmSync(base, { recursive: true, force: true });
}

function baseOf({ root, files }: LibvirtDaemon): string {
  return join(root, files, names.base);
}

/** @throws UsageError where anybody but root and this user could put another folder in the place of one on the way */
function checkPrivate({ root, files }: LibvirtDaemon): void {
  const parts = join(files, names.base).split(sep);
  for (let count = 2; count <= parts.length; count++) {
    const path = parts.slice(0, count).join(sep);
    const found = lstatSync(join(root, path));
    const why = troubleWith(found);
    if (why === undefined) continue;
    throw new UsageError({
      subject: path,
      reason: `${why}: another user could change where libvirt's log goes`,
      remedy: "make it root's, and take the right to write from all others",
    });
  }
}

function troubleWith(found: Stats): string | undefined {
  if (!found.isDirectory()) return 'it is no folder';
  if (found.uid !== 0 && found.uid !== process.geteuid?.()) return `it belongs to user ${found.uid}`;
  return (found.mode & 0o022) === 0 ? undefined : 'other users may write in it';
}

function parseChanged(text: string): ChangedSettings | undefined {
  const { daemon, before, ours } = JSON.parse(text) as Partial<Record<keyof ChangedSettings, unknown>>;
  const { pid, started } = (daemon ?? {}) as Partial<Record<'pid' | 'started', unknown>>;
  const [was, own] = [settingsIn(before), settingsIn(ours)];
  if (typeof pid !== 'number' || typeof started !== 'string') return undefined;
  return was === undefined || own === undefined
    ? undefined
    : { daemon: { pid, started }, before: was, ours: own };
}

function settingsIn(value: unknown): LogSettings | undefined {
  const { filters, outputs } = (value ?? {}) as Partial<Record<keyof LogSettings, unknown>>;
  return areWords(filters) && areWords(outputs) ? { filters, outputs } : undefined;
}

function areWords(value: unknown): value is string[] {
  return (
    Array.isArray(value) &&
    value.every((word) => typeof word === 'string' && wordsOf(word).length === 1 && word.trim() === word)
  );
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // none was ever made, or it is not for us
  }
}
