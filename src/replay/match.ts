/**
 * Which recorded message of the client an incoming one is: equal as canonical JSON, members in any
 * order, numbers by value, without its id and without the paths that are left out. What is no JSON is
 * compared byte for byte. Knows nothing of answers.
 */
import { canonicalJson } from '../json/canonical.js';
import { classicInput } from '../json/framer-profile.js';
import { Framer } from '../json/framer.js';
import { parseJson } from '../json/parse.js';
import { scanMembers } from '../json/scan.js';
import { isObject, type JsonValue } from '../json/value.js';
import type { Message, MessageKind } from '../recording/message.js';
import { prune } from '../json/difference.js';
import type { SessionPlan } from './plan.js';
import type { Unstable } from '../recording/unstable.js';

/** What the client sent: a frame and what it is. `bytes` may be a view that does not last. */
export interface ClientFrame {
  readonly kind: MessageKind;
  readonly name: string | undefined;
  readonly bytes: Uint8Array;
}

/** How the messages of a client find their place in a recording. */
export interface Matching {
  /** The place of the recorded message that this one is; it is used up by that. */
  take(frame: ClientFrame): Match | undefined;
  /** Places of the client's recorded messages that are not used up, in recorded order. */
  left(): Iterable<number>;
}

export interface Match {
  readonly place: number;
  /** All recorded answers had been given; the last is given again, because that was asked for. */
  readonly repeated: boolean;
}

const latin1 = new TextDecoder('latin1');

/** Two messages of the client are the same exactly if their keys are equal. */
export function matchKey(frame: Pick<ClientFrame, 'name' | 'bytes'>, unstable: Unstable): string {
  let value: JsonValue;
  try {
    value = parseJson(frame.bytes);
  } catch {
    return `bytes ${latin1.decode(trimmed(firstFrame(frame.bytes)))}`;
  }
  if (!isObject(value)) return canonicalJson(value);
  const compared = new Map(value);
  compared.delete('id');
  return canonicalJson(prune(compared, unstable.pathsFor('command', frame.name)));
}

/** Whether two frames are the same but for white space around them and their ids; cheap, and may miss it. */
export function plainlyEqual(left: Uint8Array, right: Uint8Array): boolean {
  const [a, b] = [trimmed(left), trimmed(right)];
  if (equalBytes(a, b)) return true;
  const [idA, idB] = [idExtent(a), idExtent(b)];
  return (
    idA !== undefined &&
    idB !== undefined &&
    equalBytes(a.subarray(0, idA.start), b.subarray(0, idB.start)) &&
    equalBytes(a.subarray(idA.end), b.subarray(idB.end))
  );
}

/** The client's messages come in the recorded order, each once. */
export class StrictMatching implements Matching {
  readonly #plan: SessionPlan;
  readonly #unstable: Unstable;
  #next: number;

  constructor(plan: SessionPlan, unstable: Unstable) {
    this.#plan = plan;
    this.#unstable = unstable;
    this.#next = inputAfter(plan, -1);
  }

  take(frame: ClientFrame): Match | undefined {
    const place = this.#next;
    const expected = this.#plan.steps[place]?.message;
    if (expected === undefined || !this.#same(frame, expected)) return undefined;
    this.#next = inputAfter(this.#plan, place);
    return { place, repeated: false };
  }

  *left(): Iterable<number> {
    for (let place = this.#next; place < this.#plan.steps.length; place = inputAfter(this.#plan, place))
      yield place;
  }

  #same(frame: ClientFrame, expected: Message): boolean {
    if (plainlyEqual(frame.bytes, expected.raw)) return true;
    if (frame.kind !== expected.kind || frame.name !== expected.name) return false;
    return (
      matchKey(frame, this.#unstable) ===
      matchKey({ name: expected.name, bytes: expected.raw }, this.#unstable)
    );
  }
}

/** The client's messages come in any order; equal ones are taken in the order of the recording. */
export class ContentMatching implements Matching {
  readonly #plan: SessionPlan;
  readonly #unstable: Unstable;
  readonly #mayRepeat: (name: string) => boolean;
  /** By kind and name: the places not yet sorted by key, for keys cost a parse each. */
  readonly #unsorted = new Map<string, number[]>();
  readonly #byKey = new Map<string, Queue>();
  readonly #used = new Set<number>();

  /** @param mayRepeat names of commands whose last answer is given again when all have been given */
  constructor(plan: SessionPlan, unstable: Unstable, mayRepeat: (name: string) => boolean) {
    this.#plan = plan;
    this.#unstable = unstable;
    this.#mayRepeat = mayRepeat;
    for (let place = inputAfter(plan, -1); place < plan.steps.length; place = inputAfter(plan, place)) {
      const message = plan.steps[place]?.message;
      if (message) push(this.#unsorted, sortOf(message), place);
    }
  }

  take(frame: ClientFrame): Match | undefined {
    this.#sort(sortOf(frame));
    const queue = this.#byKey.get(`${sortOf(frame)} ${matchKey(frame, this.#unstable)}`);
    if (queue === undefined) return undefined;
    const place = queue.places[queue.next];
    if (place !== undefined) {
      queue.next += 1;
      this.#used.add(place);
      return { place, repeated: false };
    }
    const last = queue.places.at(-1);
    return last !== undefined && frame.name !== undefined && this.#mayRepeat(frame.name)
      ? { place: last, repeated: true }
      : undefined;
  }

  *left(): Iterable<number> {
    for (
      let place = inputAfter(this.#plan, -1);
      place < this.#plan.steps.length;
      place = inputAfter(this.#plan, place)
    ) {
      if (!this.#used.has(place)) yield place;
    }
  }

  #sort(sort: string): void {
    for (const place of this.#unsorted.get(sort) ?? []) {
      const message = this.#plan.steps[place]?.message;
      if (message === undefined) continue;
      const key = `${sort} ${matchKey({ name: message.name, bytes: message.raw }, this.#unstable)}`;
      const queue = this.#byKey.get(key);
      if (queue) queue.places.push(place);
      else this.#byKey.set(key, { places: [place], next: 0 });
    }
    this.#unsorted.delete(sort);
  }
}

interface Queue {
  readonly places: number[];
  next: number;
}

/** The next message of the client after a place, or the plan's length. One that was cut off is none. */
export function inputAfter({ steps }: SessionPlan, place: number): number {
  for (let next = place + 1; next < steps.length; next++) {
    const message = steps[next]?.message;
    if (message?.dir === 'c2s' && message.kind !== 'partial') return next;
  }
  return steps.length;
}

/** What QEMU discarded behind garbage was not known yet when the garbage was answered. */
function firstFrame(bytes: Uint8Array): Uint8Array {
  let first: Uint8Array | undefined;
  const framer = new Framer(classicInput);
  framer.push(bytes, { frame: (frame) => (first ??= frame.slice()), trailer: () => undefined });
  return first ?? bytes;
}

function sortOf({ kind, name }: Pick<ClientFrame, 'kind' | 'name'>): string {
  return name === undefined ? kind : `${kind} ${name}`;
}

function push(map: Map<string, number[]>, key: string, value: number): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

function idExtent(frame: Uint8Array): { start: number; end: number } | undefined {
  return scanMembers(frame)?.find(({ key }) => key === 'id');
}

function trimmed(bytes: Uint8Array): Uint8Array {
  let [start, end] = [0, bytes.length];
  while (start < end && isBlank(bytes[start])) start += 1;
  while (end > start && isBlank(bytes[end - 1])) end -= 1;
  return bytes.subarray(start, end);
}

function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at++) if (a[at] !== b[at]) return false;
  return true;
}
