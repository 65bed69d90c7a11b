/**
 * A session as the items that a comparison aligns: exchanges, events, and what is neither. Keeps numbers
 * rather than contents: two items say the same if their keys are equal.
 */
import { canonicalJson } from '../../json/canonical.js';
import { prune } from '../../json/difference.js';
import { tryParse } from '../../json/parse.js';
import { scanMembers } from '../../json/scan.js';
import { isObject, type JsonValue } from '../../json/value.js';
import type { Message } from '../../recording/message.js';
import { type Unstable, withoutRefusedLine } from '../../recording/unstable.js';
import { fingerprint, type Interner } from './fingerprint.js';

/** What is compared as a unit. */
export type ItemType = 'exchange' | 'event' | 'greeting' | 'other';

export interface Item {
  readonly type: ItemType;
  /** The command's or the event's name; of others what they are. */
  readonly name: string;
  readonly seq: number;
  /** What was said, without ids and what is unstable. Of an exchange: by the client. */
  readonly key: number;
  /** Equal for equal types and names. */
  readonly sort: number;
  /** Of an exchange: the response's seq, and the fingerprint of what it says. */
  response: number | undefined;
  answer: number | undefined;
}

export interface Items {
  /** Exchanges, anything else that the client sent, and the greeting. */
  readonly asked: readonly Item[];
  /** What the server sent unasked: events, and responses that answer no command. */
  readonly told: readonly Item[];
}

/** Reads a session's messages, given in ascending `seq`. */
export function readItems(messages: Iterable<Message>, unstable: Unstable, interner: Interner): Items {
  const asked: Item[] = [];
  const told: Item[] = [];
  const open = new Map<number, Item>();
  for (const message of messages) {
    const { kind, replyTo } = message;
    const item = replyTo === undefined ? undefined : open.get(replyTo);
    if ((kind === 'success' || kind === 'error') && replyTo !== undefined && item !== undefined) {
      open.delete(replyTo);
      item.response = message.seq;
      item.answer = responsePrint(message, unstable);
      continue;
    }
    const made = makeItem(message, unstable, interner);
    if (message.dir === 'c2s') open.set(message.seq, made);
    (message.dir === 'c2s' || kind === 'greeting' ? asked : told).push(made);
  }
  return { asked, told };
}

function makeItem(message: Message, unstable: Unstable, interner: Interner): Item {
  const type = itemTypes[message.kind] ?? 'other';
  const name = message.name ?? (type === 'exchange' ? 'nameless' : message.kind);
  const said = contents(message, pathsOf(message, unstable));
  return {
    type,
    name,
    seq: message.seq,
    key: interner.number(`${type} ${said}`),
    sort: interner.number(`${type} ${name}`),
    response: undefined,
    answer: undefined,
  };
}

const itemTypes: Partial<Record<Message['kind'], ItemType>> = {
  greeting: 'greeting',
  command: 'exchange',
  event: 'event',
};

/** The paths that are left out of a message. */
export function pathsOf(message: Message, unstable: Unstable): ReturnType<Unstable['pathsFor']> {
  if (message.kind === 'command') return unstable.pathsFor('command', message.name);
  if (message.kind === 'event') return unstable.pathsFor('event', message.name);
  return unstable.pathsFor('response', message.command);
}

/** A message's value without its id and the line of a refusal; undefined where it has none. */
export function valueOf({ raw }: Message): JsonValue | undefined {
  const parsed = tryParse(raw, { nonFinite: true });
  const value = parsed && withoutRefusedLine(parsed);
  if (!isObject(value) || !value.has('id')) return value;
  return new Map([...value].filter(([key]) => key !== 'id'));
}

const encoder = new TextEncoder();
const latin1 = new TextDecoder('latin1');

function contents(message: Message, ignored: ReturnType<typeof pathsOf>): string {
  const value = valueOf(message);
  return value === undefined ? latin1.decode(message.raw) : canonicalJson(prune(value, ignored));
}

/** Of the bytes, as far as nothing in them is to be left out: a response may be megabytes. */
function responsePrint(message: Message, unstable: Unstable): number {
  const { raw } = message;
  const ignored = pathsOf(message, unstable);
  if (ignored.length > 0) return fingerprint(encoder.encode(contents(message, ignored)));
  const members = scanMembers(raw)?.filter(({ key }) => key !== 'id');
  if (members === undefined) return fingerprint(raw);
  return members.reduce((seed, { key, start, end }) => {
    return fingerprint(raw.subarray(start, end), fingerprint(encoder.encode(key), seed));
  }, members.length);
}
