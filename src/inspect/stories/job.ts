/**
 * Jobs by their id: from the command that starts one over the states that JOB_STATUS_CHANGE tells to its
 * end. Block jobs have events of their own, which tell the outcome. (QEMU's qapi/job.json, `JobStatus`;
 * qapi/block-core.json, BLOCK_JOB_COMPLETED and others.)
 */
import { isArray, isObject, type JsonValue } from '../../json/value.js';
import type { Begin, OnAnswer, Said, StoryDetector, DetectorKind, StoryBuilder } from './story.js';
import { textOf } from './story.js';

/** Commands that start a job, and what it is called. The id is `job-id`, or else the device's. */
export const jobStarts: Readonly<Record<string, string>> = {
  'blockdev-mirror': 'mirror',
  'drive-mirror': 'mirror',
  'blockdev-backup': 'backup',
  'drive-backup': 'backup',
  'block-commit': 'commit',
  'block-stream': 'stream',
  'blockdev-create': 'create',
  'x-blockdev-amend': 'amend',
  'snapshot-save': 'snapshot save',
  'snapshot-load': 'snapshot load',
  'snapshot-delete': 'snapshot delete',
};

const verbs = ['cancel', 'complete', 'pause', 'resume', 'finalize', 'dismiss'];
const controls = [...verbs.flatMap((verb) => [`job-${verb}`, `block-job-${verb}`]), 'block-job-set-speed'];

export const jobs: DetectorKind = {
  commands: [...Object.keys(jobStarts), ...controls, 'query-jobs', 'transaction'],
  events: [
    'JOB_STATUS_CHANGE',
    'BLOCK_JOB_READY',
    'BLOCK_JOB_PENDING',
    'BLOCK_JOB_ERROR',
    'BLOCK_JOB_COMPLETED',
    'BLOCK_JOB_CANCELLED',
  ],
  create: (begin) => new Jobs(begin),
};

interface Job {
  readonly story: StoryBuilder;
  /** The client asked to cancel it. */
  cancelled: boolean;
  /** The job had the status `aborting`. */
  aborting: boolean;
}

class Jobs implements StoryDetector {
  readonly #begin: Begin;
  /** Until the next of the same id: states come after the end as well. */
  readonly #jobs = new Map<string, Job>();

  constructor(begin: Begin) {
    this.#begin = begin;
  }

  command(said: Said): OnAnswer | undefined {
    if (said.name === 'query-jobs')
      return (answer) => {
        this.#queried(answer.returned);
      };
    if (said.name === 'transaction') return this.#transaction(said);
    const what = jobStarts[said.name];
    if (what !== undefined) return this.#start(said, what, said.given);
    const job = this.#jobs.get(textOf(said.given, 'id') ?? textOf(said.given, 'device') ?? '');
    if (job === undefined) return undefined;
    job.story.step(said.at, said.name);
    return (answer) => {
      if (!answer.ok) job.story.step(answer.at, `${said.name}: ${answer.desc ?? 'refused'}`);
      else if (said.name.endsWith('job-cancel')) job.cancelled = true;
    };
  }

  event({ name, given, at }: Said): void {
    const id = textOf(given, name === 'JOB_STATUS_CHANGE' ? 'id' : 'device');
    if (id === undefined) return;
    const status = textOf(given, 'status');
    let job = this.#jobs.get(id);
    const fresh = job === undefined || (!job.story.isOpen && status === 'created');
    // Begun by another client, or before the recording.
    if (job === undefined || fresh) job = this.#add(id, this.#begin('job', id, { name, given, at }));
    job.story.detail ??= textOf(given, 'type');
    if (name === 'JOB_STATUS_CHANGE') this.#status(job, status ?? '', at);
    else this.#block(job, { name, given, at });
  }

  #start(said: Said, what: string, given: JsonValue): OnAnswer | undefined {
    const id = textOf(given, 'job-id') ?? textOf(given, 'device');
    if (id === undefined) return undefined;
    const story = this.#begin('job', id, said);
    story.detail = what;
    this.#add(id, story);
    return (answer) => {
      if (!answer.ok) story.refused(answer);
    };
  }

  #transaction(said: Said): OnAnswer | undefined {
    const actions = said.given.get('actions');
    const started = (isArray(actions) ? actions : []).flatMap((action) => {
      const what = jobStarts[textOf(action, 'type') ?? ''];
      const given = isObject(action) ? action.get('data') : undefined;
      return what === undefined || given === undefined ? [] : (this.#start(said, what, given) ?? []);
    });
    return started.length === 0
      ? undefined
      : (answer) => {
          for (const respond of started) respond(answer);
        };
  }

  #add(id: string, story: StoryBuilder): Job {
    const job = { story, cancelled: false, aborting: false };
    this.#jobs.set(id, job);
    return job;
  }

  #status(job: Job, status: string, at: Said['at']): void {
    if (status === 'aborting') job.aborting = true;
    if (status !== 'concluded' && status !== 'null') job.story.step(at, status);
    else if (job.cancelled && job.aborting) job.story.end(at, 'cancelled', status);
    else job.story.end(at, job.aborting ? 'failure' : 'success', status);
  }

  #block(job: Job, { name, given, at }: Said): void {
    const error = textOf(given, 'error');
    if (name === 'BLOCK_JOB_CANCELLED') job.story.end(at, 'cancelled', name);
    else if (name !== 'BLOCK_JOB_COMPLETED') job.story.step(at, name);
    else if (error === undefined) job.story.end(at, 'success', name);
    else job.story.end(at, 'failure', name, error);
  }

  /** Only here do jobs other than block jobs say why they failed. */
  #queried(returned: JsonValue | undefined): void {
    for (const entry of isArray(returned) ? returned : []) {
      const error = textOf(entry, 'error');
      const job = this.#jobs.get(textOf(entry, 'id') ?? '');
      if (job === undefined || error === undefined || job.story.outcome === 'cancelled') continue;
      job.story.detail = error;
      if (!job.story.isOpen) job.story.outcome = 'failure';
    }
  }
}
