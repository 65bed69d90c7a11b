/**
 * A program in the guest: `guest-exec` starts it, `guest-exec-status` tells when it has ended. They belong
 * together by the pid. (qemu-ga's qga/qapi-schema.json, `guest-exec`.)
 */
import { isArray, isNumber, isObject, type JsonValue } from '../../json/value.js';
import type { Answer, Begin, OnAnswer, Said, StoryDetector, DetectorKind, StoryBuilder } from './story.js';
import { textOf } from './story.js';

export const guestPrograms: DetectorKind = {
  commands: ['guest-exec', 'guest-exec-status'],
  events: [],
  create: (begin) => new GuestPrograms(begin),
};

class GuestPrograms implements StoryDetector {
  readonly #begin: Begin;
  /** By pid. */
  readonly #running = new Map<string, StoryBuilder>();

  constructor(begin: Begin) {
    this.#begin = begin;
  }

  command(said: Said): OnAnswer | undefined {
    if (said.name === 'guest-exec') {
      const story = this.#begin('guest program', programOf(said), said);
      return (answer) => {
        const pid = numberOf(answer.returned, 'pid');
        if (!answer.ok) story.refused(answer);
        else if (pid !== undefined) {
          story.detail = `pid ${pid}`;
          this.#running.set(pid, story);
        }
      };
    }
    const story = this.#running.get(numberOf(said.given, 'pid') ?? '');
    return story === undefined
      ? undefined
      : (answer) => {
          asked(story, answer);
        };
  }
}

function asked(story: StoryBuilder, { ok, returned, desc, at }: Answer): void {
  if (!ok) {
    story.step(at, desc ?? 'refused');
    return;
  }
  if (!isObject(returned) || returned.get('exited') !== true) {
    story.step(at, 'still running');
    return;
  }
  const code = numberOf(returned, 'exitcode');
  const signal = numberOf(returned, 'signal');
  if (signal !== undefined) story.end(at, 'failure', 'ended', `signal ${signal}`);
  else
    story.end(
      at,
      code === undefined || code === '0' ? 'success' : 'failure',
      'ended',
      `exit code ${code ?? 'unknown'}`,
    );
}

function programOf({ given }: Said): string {
  const args = given.get('arg');
  const words = [
    textOf(given, 'path') ?? '',
    ...(isArray(args) ? args : []).filter((arg) => typeof arg === 'string'),
  ];
  const text = words.join(' ');
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}

function numberOf(value: JsonValue | undefined, key: string): string | undefined {
  const found = isObject(value) ? value.get(key) : undefined;
  return isNumber(found) ? found.text : undefined;
}
