/**
 * Removing a device: QEMU answers `device_del` at once, and the device is gone only with DEVICE_DELETED,
 * which needs the guest's consent. (QEMU's qapi/qdev.json, `device_del`.)
 */
import type { Begin, OnAnswer, Said, StoryDetector, DetectorKind, StoryBuilder } from './story.js';
import { textOf } from './story.js';

export const deviceRemovals: DetectorKind = {
  commands: ['device_del'],
  events: ['DEVICE_DELETED', 'DEVICE_UNPLUG_GUEST_ERROR', 'MEM_UNPLUG_ERROR'],
  create: (begin) => new DeviceRemovals(begin),
};

class DeviceRemovals implements StoryDetector {
  readonly #begin: Begin;
  /** By what the client called the device: its id, or its path. */
  readonly #open = new Map<string, StoryBuilder>();

  constructor(begin: Begin) {
    this.#begin = begin;
  }

  command(said: Said): OnAnswer | undefined {
    const id = textOf(said.given, 'id');
    if (id === undefined) return undefined;
    const known = this.#open.get(id);
    if (known?.isOpen === true) {
      known.step(said.at, 'device_del again');
      return (answer) => {
        if (!answer.ok) known.step(answer.at, answer.desc ?? 'refused');
      };
    }
    const story = this.#begin('device removal', id, said);
    this.#open.set(id, story);
    return (answer) => {
      if (answer.ok) return;
      story.refused(answer);
      this.#open.delete(id);
    };
  }

  event({ name, given, at }: Said): void {
    const device = textOf(given, 'device');
    const path = textOf(given, 'path');
    // The part that talks to the host goes first; the device may stay after it.
    const [, of, part] = /^\/machine\/peripheral\/([^/]+)\/(.+)$/.exec(path ?? '') ?? [];
    if (of !== undefined && device === undefined)
      this.#open.get(of)?.step(at, `${name} of its /${part ?? ''}`);
    for (const id of [device, path, path?.replace(/^\/machine\/peripheral\/([^/]+)$/, '$1')]) {
      const story = id === undefined ? undefined : this.#open.get(id);
      if (id === undefined || story === undefined) continue;
      this.#open.delete(id);
      if (name === 'DEVICE_DELETED') story.end(at, 'success', name);
      else story.end(at, 'failure', name, textOf(given, 'msg') ?? 'the guest refused');
      return;
    }
  }
}
