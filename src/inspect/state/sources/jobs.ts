/** Jobs, and what they do to the block graph. (QEMU's qapi/job.json, qapi/block-core.json.) */
import type { JsonObject, JsonValue } from '../../../json/value.js';
import { jobStarts } from '../../stories/job.js';
import type { Change } from '../change.js';
import { doubtGraph, doubtNodes, nodeOf, replaceInserted } from './block-info.js';
import { accepted, answer, event, listIn, memberIn, nameIn, type StateSource } from './source.js';

/** The types of jobs that `query-block-jobs` lists. */
const blockTypes: readonly JsonValue[] = ['mirror', 'backup', 'commit', 'stream'];

function isBlockJob(change: Change, id: string): boolean {
  return blockTypes.includes(change.value('job', id, 'type') ?? null);
}

/** Of a job that is begun: its type is that of the event and the answer, where those know it. */
function begin(change: Change, what: string, given: JsonObject): void {
  const id = nameIn(given, 'job-id', 'device');
  if (id === undefined) return;
  doubtGraph(change);
  const [source, target] = [nameIn(given, 'device'), nameIn(given, 'target')];
  const type = what.replace(' ', '-');
  change.imply('job', id, {
    type,
    source,
    target: type === 'mirror' && nameIn(given, 'replaces') !== undefined ? undefined : target,
    completing: undefined,
    error: undefined,
  });
}

function completing(change: Change, { given }: { readonly given: JsonObject }): void {
  const id = nameIn(given, 'id', 'device');
  if (id !== undefined && change.exists('job', id)) change.imply('job', id, { completing: true });
  doubtGraph(change);
}

/** The end of a mirror that was asked to complete: its target is shown where its source was. */
function takeTarget(change: Change, id: string): void {
  const [source, target] = ['source', 'target'].map((key) => change.value('job', id, key));
  const { done, type } = {
    done: change.value('job', id, 'completing') === true,
    type: change.value('job', id, 'type'),
  };
  if (done && type === 'mirror' && typeof source === 'string' && typeof target === 'string') {
    if (change.exists('node', target)) replaceInserted(change, nodeOf(change, source), target);
  }
}

function blockJobEvent(ends: boolean) {
  return (change: Change, data: JsonObject): void => {
    const id = nameIn(data, 'device');
    if (id === undefined) return;
    doubtGraph(change);
    // Before QEMU 3.0 nothing else tells of a job's end.
    const tells = change.value('job', id, 'status') !== undefined;
    const error = nameIn(data, 'error');
    if (ends && error === undefined && nameIn(data, 'type') === 'mirror') takeTarget(change, id);
    if (ends && !tells) change.gone('job', id);
    else change.imply('job', id, { type: nameIn(data, 'type'), ...(error === undefined ? {} : { error }) });
  };
}

function takeJobs(change: Change, returned: JsonValue | undefined, key: 'id' | 'device'): Set<string> {
  const ids = new Set<string>();
  for (const of of listIn(returned)) {
    const id = nameIn(of, key);
    if (id === undefined) continue;
    ids.add(id);
    const [type, speed, error] = ['type', 'speed', 'error'].map((name) => memberIn(of, name));
    const done = memberIn(of, key === 'id' ? 'current-progress' : 'offset');
    change.assert('job', id, {
      type,
      status: memberIn(of, 'status'),
      progress: done,
      ...(speed === undefined ? {} : { speed }),
      ...(error === undefined ? {} : { error }),
    });
  }
  return ids;
}

export const jobSources: readonly StateSource[] = [
  answer('query-jobs', ['job'], (change, { returned }) => {
    change.only('job', takeJobs(change, returned, 'id'));
  }),
  answer('query-block-jobs', ['job'], (change, { returned }) => {
    const ids = takeJobs(change, returned, 'device');
    change.only('job', ids, (id) => isBlockJob(change, id));
  }),
  ...Object.entries(jobStarts).map(([name, what]) =>
    accepted(name, ['job', 'node', 'block-device'], (change, { given }) => {
      begin(change, what, given);
    }),
  ),
  event('JOB_STATUS_CHANGE', ['job', 'node', 'block-device'], (change, data) => {
    const [id, status] = [nameIn(data, 'id'), nameIn(data, 'status')];
    if (id === undefined || status === undefined) return;
    // What is shown where was decided before; nodes that only the job held go with it.
    if (status === 'concluded' || status === 'null') doubtNodes(change);
    else doubtGraph(change);
    if (status === 'null') change.gone('job', id);
    else change.imply('job', id, { status });
    if (status === 'concluded' && change.value('job', id, 'type') === 'snapshot-load')
      change.doubtEverything();
  }),
  event('BLOCK_JOB_READY', ['job', 'node', 'block-device'], blockJobEvent(false)),
  event('BLOCK_JOB_PENDING', ['job', 'node', 'block-device'], blockJobEvent(false)),
  event('BLOCK_JOB_COMPLETED', ['job', 'node', 'block-device'], blockJobEvent(true)),
  event('BLOCK_JOB_CANCELLED', ['job', 'node', 'block-device'], (change, data) => {
    const id = nameIn(data, 'device');
    doubtGraph(change);
    if (id !== undefined && change.value('job', id, 'status') === undefined) change.gone('job', id);
  }),
  accepted('job-complete', ['job', 'node', 'block-device'], completing),
  accepted('block-job-complete', ['job', 'node', 'block-device'], completing),
  accepted('block-job-set-speed', ['job'], (change, { given }) => {
    const id = nameIn(given, 'device');
    if (id !== undefined && change.exists('job', id)) change.imply('job', id, { speed: given.get('speed') });
  }),
  accepted('job-dismiss', ['job'], (change, { given }) => {
    const id = nameIn(given, 'id');
    if (id !== undefined) change.gone('job', id);
  }),
  accepted('block-job-dismiss', ['job'], (change, { given }) => {
    const id = nameIn(given, 'id');
    if (id !== undefined) change.gone('job', id);
  }),
];
