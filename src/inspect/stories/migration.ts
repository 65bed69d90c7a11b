/**
 * Migration, also to and from a file (`virsh save`): one at a time. Its state comes in MIGRATION events
 * where they are enabled, and in the answers to `query-migrate`. (QEMU's qapi/migration.json.)
 */
import { isNumber, isObject, type JsonValue } from '../../json/value.js';
import type { Begin, Moment, OnAnswer, Said, StoryDetector, DetectorKind, StoryBuilder } from './story.js';
import { formatBytes } from '../format.js';
import { textOf } from './story.js';

export const migrations: DetectorKind = {
  commands: [
    'migrate',
    'migrate-incoming',
    'migrate_cancel',
    'migrate-continue',
    'migrate-pause',
    'migrate-recover',
    'migrate-start-postcopy',
    'query-migrate',
  ],
  events: ['MIGRATION', 'MIGRATION_PASS'],
  create: (begin) => new Migrations(begin),
};

class Migrations implements StoryDetector {
  readonly #begin: Begin;
  #story: StoryBuilder | undefined;
  #status: string | undefined;
  /** QEMU has accepted it: answers from now on are about this migration, not the previous one. */
  #accepted = false;
  #pass: number | undefined;

  constructor(begin: Begin) {
    this.#begin = begin;
  }

  command(said: Said): OnAnswer | undefined {
    if (said.name === 'query-migrate') {
      const isOwn = this.#accepted;
      return (answer) => {
        this.#queried(answer.returned, answer.at, isOwn);
      };
    }
    const resumes = said.given.get('resume') === true;
    if ((said.name === 'migrate' && !resumes) || said.name === 'migrate-incoming') return this.#start(said);
    const story = this.#story;
    story?.step(said.at, said.name);
    return (answer) => {
      if (!answer.ok) story?.step(answer.at, `${said.name}: ${answer.desc ?? 'refused'}`);
    };
  }

  event(said: Said): void {
    if (said.name === 'MIGRATION_PASS') {
      const pass = this.#passed(numberOf(said.given, 'pass'), undefined);
      if (pass !== undefined) this.#story?.step(said.at, pass);
      return;
    }
    const status = textOf(said.given, 'status');
    if (status === undefined) return;
    if (this.#story?.isOpen !== true && (status === 'setup' || status === 'active')) {
      this.#story = this.#begin('migration', '', said);
      this.#status = undefined;
    }
    this.#reach(status, said.at);
  }

  #start(said: Said): OnAnswer {
    const name = textOf(said.given, 'uri') ?? '';
    const story = this.#begin('migration', said.name === 'migrate' ? name : `incoming ${name}`.trim(), said);
    this.#story = story;
    this.#status = undefined;
    this.#pass = undefined;
    this.#accepted = false;
    return (answer) => {
      if (!answer.ok) story.refused(answer);
      else this.#accepted = said.name === 'migrate';
    };
  }

  #queried(returned: JsonValue | undefined, at: Moment, isOwn: boolean): void {
    const status = textOf(returned, 'status');
    // An answer may still be about the previous migration.
    if (status === undefined || this.#story === undefined) return;
    const reason = textOf(returned, 'error-desc');
    const downtime = isObject(returned) ? returned.get('downtime') : undefined;
    if (reason !== undefined) this.#story.detail = reason;
    else if (status === 'completed' && isNumber(downtime))
      this.#story.detail = `downtime ${downtime.text} ms`;
    if (!this.#story.isOpen) return;
    const ram = isObject(returned) ? returned.get('ram') : undefined;
    const progress = this.#passed(numberOf(ram, 'dirty-sync-count'), numberOf(ram, 'remaining'));
    if (isOwn || this.#status !== undefined || status === 'active') this.#reach(status, at, progress);
  }

  /** Each pass over the memory is told once, with what was left of it. */
  #passed(pass: number | undefined, remaining: number | undefined): string | undefined {
    if (pass === undefined || pass === this.#pass) return undefined;
    this.#pass = pass;
    return `pass ${pass}${remaining === undefined ? '' : `, ${formatBytes(remaining)} remaining`}`;
  }

  #reach(status: string, at: Moment, progress?: string): void {
    if (status === this.#status) {
      if (progress !== undefined) this.#story?.step(at, progress);
      return;
    }
    this.#status = status;
    const story = this.#story;
    if (status === 'completed') story?.end(at, 'success', status);
    else if (status === 'failed') story?.end(at, 'failure', status);
    else if (status === 'cancelled') story?.end(at, 'cancelled', status);
    else story?.step(at, progress === undefined ? status : `${status}, ${progress}`);
  }
}

function numberOf(value: JsonValue | undefined, key: string): number | undefined {
  const found = isObject(value) ? value.get(key) : undefined;
  return isNumber(found) ? Number(found.text) : undefined;
}
