/**
 * Migration, also to and from a file (`virsh save`): one at a time. Its state comes in MIGRATION events
 * where they are enabled, and in the answers to `query-migrate`. (QEMU's qapi/migration.json.)
 */
import { isNumber, isObject, type JsonValue } from '../../json/value.js';
import type { Begin, Moment, OnAnswer, Said, StoryDetector, DetectorKind, StoryBuilder } from './story.js';
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
  events: ['MIGRATION'],
  create: (begin) => new Migrations(begin),
};

class Migrations implements StoryDetector {
  readonly #begin: Begin;
  #story: StoryBuilder | undefined;
  #status: string | undefined;

  constructor(begin: Begin) {
    this.#begin = begin;
  }

  command(said: Said): OnAnswer | undefined {
    if (said.name === 'query-migrate')
      return (answer) => {
        this.#queried(answer.returned, answer.at);
      };
    const resumes = said.given.get('resume') === true;
    if ((said.name === 'migrate' && !resumes) || said.name === 'migrate-incoming') return this.#start(said);
    const story = this.#story;
    story?.step(said.at, said.name);
    return (answer) => {
      if (!answer.ok) story?.step(answer.at, `${said.name}: ${answer.desc ?? 'refused'}`);
    };
  }

  event(said: Said): void {
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
    return (answer) => {
      if (!answer.ok) story.refused(answer);
    };
  }

  #queried(returned: JsonValue | undefined, at: Moment): void {
    const status = textOf(returned, 'status');
    // An answer may still tell of the migration before.
    if (status === undefined || this.#story === undefined) return;
    const reason = textOf(returned, 'error-desc');
    const downtime = isObject(returned) ? returned.get('downtime') : undefined;
    if (reason !== undefined) this.#story.detail = reason;
    else if (status === 'completed' && isNumber(downtime))
      this.#story.detail = `downtime ${downtime.text} ms`;
    if (this.#story.isOpen && this.#status !== undefined) this.#reach(status, at);
    else if (this.#story.isOpen && status === 'active') this.#reach(status, at);
  }

  #reach(status: string, at: Moment): void {
    if (status === this.#status) return;
    this.#status = status;
    const story = this.#story;
    if (status === 'completed') story?.end(at, 'success', status);
    else if (status === 'failed') story?.end(at, 'failure', status);
    else if (status === 'cancelled') story?.end(at, 'cancelled', status);
    else story?.step(at, status);
  }
}
