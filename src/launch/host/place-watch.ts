/** Finds the sockets at places, those that are there and those that will be, by inotify. No timer, no polling. */
import { type FSWatcher, lstatSync, readdirSync, statSync, watch } from 'node:fs';
import { basename, join } from 'node:path';
import { compileGlob } from '../../text/glob.js';
import type { Place } from './places.js';

export interface PlaceWatchEvents {
  /** A socket is at this path; told again whenever its name changes its meaning. */
  readonly found: (path: string, place: Place) => void;
  /** What was found at this path is not there any more. */
  readonly gone: (path: string) => void;
  /** A folder cannot be watched, in one line. */
  readonly trouble: (text: string) => void;
}

/** A folder on the way to the sockets of a place. */
interface WatchedFolder {
  readonly ino: number;
  readonly watcher: FSWatcher;
  /** For each place that goes through it: looks at one name in it. */
  readonly looks: Map<Walk, (name: string) => void>;
}

export class PlaceWatch {
  readonly #events: PlaceWatchEvents;
  readonly #folders = new Map<string, WatchedFolder>();
  readonly #walks: readonly Walk[];
  readonly #told = new Set<string>();
  #closed = false;

  constructor(places: readonly Place[], events: PlaceWatchEvents) {
    this.#events = events;
    this.#walks = places.map((place) => new Walk(place));
  }

  /** Tells of all that is there, then of what comes. */
  start(): void {
    for (const walk of this.#walks) this.#enter('/', walk, 0);
  }

  close(): void {
    this.#closed = true;
    for (const { watcher } of this.#folders.values()) watcher.close();
    this.#folders.clear();
  }

  #enter(folder: string, walk: Walk, depth: number): void {
    const watched = this.#watched(folder, walk);
    if (watched === undefined || watched.looks.has(walk)) return;
    const look = (name: string): void => {
      this.#look(folder, name, walk, depth);
    };
    watched.looks.set(walk, look);
    this.#attempt(folder, walk, () => {
      // Watched first, read then: what comes in between is seen twice rather than never.
      for (const name of walk.candidates(folder, depth)) look(name);
    });
  }

  #look(folder: string, name: string, walk: Walk, depth: number): void {
    this.#attempt(folder, walk, () => {
      if (!this.#closed && walk.matches(depth, name)) this.#lookAt(folder, name, walk, depth);
    });
  }

  #lookAt(folder: string, name: string, walk: Walk, depth: number): void {
    const path = join(folder, name);
    // Users who may write in a folder with wildcards may put links there, and below: these are not followed.
    const stats = walk.isBefore(depth)
      ? statSync(path, { throwIfNoEntry: false })
      : lstatSync(path, { throwIfNoEntry: false });
    if (walk.isLast(depth)) {
      if (stats?.isSocket() === true) this.#events.found(path, walk.place);
      else this.#events.gone(path);
    } else if (stats?.isDirectory() === true) {
      if (this.#folders.get(path)?.ino !== stats.ino) this.#leave(path);
      this.#enter(path, walk, depth + 1);
    } else {
      this.#leave(path);
    }
  }

  /** A folder is gone, and with it all that is in it. */
  #leave(folder: string): void {
    const watched = this.#folders.get(folder);
    if (watched === undefined) return;
    this.#folders.delete(folder);
    watched.watcher.close();
    for (const [path] of this.#folders) if (path.startsWith(`${folder}/`)) this.#leave(path);
    this.#events.gone(folder);
  }

  #watched(folder: string, walk: Walk): WatchedFolder | undefined {
    const known = this.#folders.get(folder);
    if (known !== undefined) return known;
    return this.#attempt(folder, walk, () => {
      const looks: WatchedFolder['looks'] = new Map();
      const { ino } = statSync(folder);
      const watcher = watch(folder, (kind, name) => {
        if (kind !== 'rename' || name === null) return;
        for (const look of [...looks.values()]) look(name);
      });
      watcher.on('error', () => undefined); // its folder is gone, which the folder around it tells
      const watched = { ino, watcher, looks };
      this.#folders.set(folder, watched);
      return watched;
    });
  }

  #attempt<T>(folder: string, walk: Walk, action: () => T): T | undefined {
    try {
      return action();
    } catch (error) {
      this.#cannotWatch(folder, walk.place, error);
      return undefined;
    }
  }

  #cannotWatch(folder: string, place: Place, error: unknown): void {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return;
    const denied = code === 'EACCES' || code === 'EPERM';
    // One of the usual places, of another user: not what the user asked for.
    if (denied && place.wanted !== true) return;
    const why =
      code === 'ENOSPC' || code === 'EMFILE'
        ? 'no inotify watches are left; raise fs.inotify.max_user_watches and max_user_instances'
        : denied
          ? 'permission denied; run as root, or as the owner of the VMs'
          : (error as Error).message;
    if (this.#told.has(`${folder} ${why}`)) return;
    this.#told.add(`${folder} ${why}`);
    this.#events.trouble(`${folder}: cannot be watched: ${why}`);
  }
}

/** A pattern, part by part. */
class Walk {
  readonly place: Place;
  readonly #parts: readonly { readonly text: string; readonly fixed: boolean; readonly matches: Matcher }[];

  constructor(place: Place) {
    this.place = place;
    this.#parts = place.pattern
      .split('/')
      .slice(1)
      .map((text) => ({ text, fixed: !/[*?]/.test(text), matches: compileGlob(text) }));
  }

  isLast(depth: number): boolean {
    return depth === this.#parts.length - 1;
  }

  /** Whether it is a folder on the way to what the pattern leaves open. */
  isBefore(depth: number): boolean {
    return !this.isLast(depth) && this.#parts.slice(0, depth + 1).every(({ fixed }) => fixed);
  }

  matches(depth: number, name: string): boolean {
    return basename(name) === name && this.#parts[depth]?.matches(name) === true;
  }

  /** The names in this folder that may match. @throws what reading a folder gives */
  candidates(folder: string, depth: number): readonly string[] {
    const part = this.#parts[depth];
    if (part === undefined) return [];
    return part.fixed ? [part.text] : readdirSync(folder);
  }
}

type Matcher = (name: string) => boolean;
