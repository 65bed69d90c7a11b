/** The table of what tells of a VM's state: which answer, accepted command and event sets or shakes what. */
import { isObject, type JsonObject } from '../../../json/value.js';
import { hmpQuestion } from '../../../recording/questions.js';
import type { Change } from '../change.js';
import { agentSources } from './agent.js';
import { deviceSources } from './devices.js';
import { jobSources } from './jobs.js';
import { migrationSources } from './migration.js';
import { nodeSources } from './nodes.js';
import { runSources } from './run.js';
import { accepted, type Answered, listIn, memberIn, nameIn, type StateSource } from './source.js';
import { areaNames } from '../areas.js';

const nothing: JsonObject = new Map();

/** Actions are commands under the same names; more than any client gives are not looked at. */
const maxActions = 1000;

function takeActions(change: Change, { given }: Answered): void {
  for (const action of listIn(given.get('actions')).slice(0, maxActions)) {
    const name = nameIn(action, 'type');
    const data = memberIn(action, 'data');
    const source = name === undefined ? undefined : commandSources.get(name);
    if (source?.kind === 'accepted' && name !== 'transaction')
      source.take(change, { given: isObject(data) ? data : nothing, returned: undefined });
  }
}

export const stateSources: readonly StateSource[] = [
  ...runSources,
  ...nodeSources,
  ...deviceSources,
  ...jobSources,
  ...migrationSources,
  ...agentSources,
  accepted('transaction', ['node', 'block-device', 'bitmap', 'job'], takeActions),
  accepted('human-monitor-command', areaNames, (change, { given }) => {
    if (!hmpQuestion.test(nameIn(given, 'command-line') ?? '')) change.doubtEverything();
  }),
];

/** Begins a session: what changed before it was not seen. */
export const negotiation = 'qmp_capabilities';

export const commandSources = byName((kind) => kind !== 'event');
export const eventSources = byName((kind) => kind === 'event');

function byName(wanted: (kind: StateSource['kind']) => boolean): ReadonlyMap<string, StateSource> {
  return new Map(stateSources.filter(({ kind }) => wanted(kind)).map((source) => [source.name, source]));
}
