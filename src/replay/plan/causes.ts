/**
 * What causes an event, for a client that need not keep the recorded order: the command, the answer or the earlier
 * event that it goes back to, never a question, which the client may not ask this time.
 *
 *     -> {"execute":"device_del","arguments":{"id":"net1"}}
 *     <- {"return": {}}
 *     -> {"execute":"query-status"} …
 *     <- {"event": "DEVICE_DELETED", "data": {"device": "net1"}}      caused by the answer to device_del
 */
import { tryParse } from '../../json/parse.js';
import { isArray, isObject, type JsonValue } from '../../json/value.js';
import { compileGlob } from '../../text/glob.js';
import type { SessionPlan, Step } from './plan.js';
import { isQuestion } from './state-changes.js';

export interface Causes {
  /**
   * By the place of a step that is no response: the place that causes it, -1 for the connect. The place after the last
   * step means that the server closes.
   */
  readonly causeOf: ReadonlyMap<number, number>;
  /** Places of what changes the state: commands that were not refused, and events. Ascending. */
  readonly changes: readonly number[];
}

/** Members of events, and of commands' arguments, that name what they are about (qapi/*.json). */
const naming = new Set([
  'device',
  'id',
  'job-id',
  'node-name',
  'path',
  'qom-path',
  'name',
  'filter-node-name',
]);

/** Events that name nothing, and the commands that begin what they tell of. */
const families: readonly { readonly events: string; readonly commands: string }[] = [
  { events: 'MIGRATION*', commands: 'migrate*' },
  { events: 'DUMP_COMPLETED', commands: 'dump-guest-memory' },
];

const compiled = families.map(({ events, commands }) => ({
  event: compileGlob(events),
  command: compileGlob(commands),
}));

/** Of one message; a transaction has a handful for each of its actions. */
const maximumNames = 200;

export function causesOf({ steps, close }: SessionPlan): Causes {
  const causeOf = new Map<number, number>();
  const changes: number[] = [];
  /** The place of the last that was about a name, or of a family. */
  const latest = new Map<string, number>();
  const answers = answersOf(steps);
  let lastCause = -1;
  const remember = (keys: Iterable<string>, place: number): void => {
    for (const key of keys) latest.set(key, place);
    changes.push(place);
    lastCause = place;
  };
  /** The answer to a command causes what came after it. */
  const answered = (cause: number, place: number): number => {
    const command = steps[cause]?.message;
    const answer = command?.dir === 'c2s' ? answers.places.get(command.seq) : undefined;
    return answer !== undefined && answer < place ? answer : cause;
  };
  for (const [place, { message }] of steps.entries()) {
    if (message.dir === 'c2s') {
      if (message.kind === 'partial' || isQuestion(message)) continue;
      if (message.kind === 'command' && !answers.refused.has(message.seq)) remember(keysOf(message), place);
      continue;
    }
    if (isAnswer(steps, place)) continue;
    const keys = message.kind === 'event' ? keysOf(message) : [];
    const known = keys.flatMap((key) => latest.get(key) ?? []);
    causeOf.set(place, answered(known.length > 0 ? Math.max(...known) : lastCause, place));
    if (message.kind === 'event') remember(keys, place);
  }
  if (close) causeOf.set(steps.length, answered(lastCause, steps.length));
  return { causeOf, changes };
}

/** Whether the server sends a step for a command of the client, or as it connects. */
export function isAnswer(steps: readonly Step[], place: number): boolean {
  const step = steps[place];
  if (step === undefined || step.message.dir === 'c2s') return false;
  const { message, cause } = step;
  if (message.kind === 'sync') return steps[cause]?.message.dir === 'c2s';
  return message.replyTo !== undefined || message.kind === 'greeting';
}

/** What a message is about, by which an event is found to be of it. */
function keysOf({ name = '', kind, raw }: Step['message']): string[] {
  const keys = new Set<string>();
  const value = tryParse(raw);
  if (isObject(value)) collect(value.get(kind === 'event' ? 'data' : 'arguments'), keys, 4);
  for (const [at, { event, command }] of compiled.entries())
    if (kind === 'event' ? event(name) : command(name)) keys.add(`family ${at}`);
  return [...keys];
}

function collect(value: JsonValue | undefined, keys: Set<string>, depth: number): void {
  if (depth === 0 || keys.size >= maximumNames) return;
  if (isArray(value)) for (const element of value) collect(element, keys, depth - 1);
  if (!isObject(value)) return;
  for (const [member, inner] of value) {
    if (typeof inner !== 'string') collect(inner, keys, depth - 1);
    else if (naming.has(member) && inner !== '') keys.add(`name ${inner}`);
  }
}

/** By the command's `seq`: the place of its answer; and the commands that were answered by an error. */
function answersOf(steps: readonly Step[]): {
  readonly places: ReadonlyMap<number, number>;
  readonly refused: ReadonlySet<number>;
} {
  const places = new Map<number, number>();
  const refused = new Set<number>();
  for (const [place, { message }] of steps.entries()) {
    if (message.replyTo === undefined) continue;
    places.set(message.replyTo, place);
    if (message.kind === 'error') refused.add(message.replyTo);
  }
  return { places, refused };
}
