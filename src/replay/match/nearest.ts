/**
 * Which recorded messages of the client resemble one that was not recorded, and how they differ: what turns "no
 * such command" into an answer.
 */
import { parseJson } from '../../json/parse.js';
import { isObject, type JsonValue } from '../../json/value.js';
import type { Message } from '../../recording/message.js';
import { type Difference, differences } from '../../json/difference.js';
import { type Candidate, recordedLine } from './divergence.js';
import type { ClientFrame } from './match.js';
import type { SessionPlan } from '../plan/plan.js';
import type { Unstable } from '../../recording/unstable.js';

/** More than a reader takes in. */
const maximumShown = 3;

/** Each comparison costs a parse; with this many of one name, a near one is almost certainly among them. */
const maximumCompared = 200;

interface Scored {
  readonly message: Message;
  readonly found: readonly Difference[];
}

/** At most three candidates, the nearest first. `isLeft` tells whether a place was not used up yet. */
export function nearest(
  frame: ClientFrame,
  plan: SessionPlan,
  isLeft: (place: number) => boolean,
  unstable: Unstable,
): Candidate[] {
  const inputs: { place: number; message: Message }[] = [];
  for (const [place, { message }] of plan.steps.entries()) {
    if (message.dir === 'c2s' && message.kind === 'command') inputs.push({ place, message });
  }
  const sameName = inputs.filter(({ message }) => message.name === frame.name);
  if (sameName.length === 0) return sounding(frame.name ?? '', inputs);
  const places = new Map(sameName.map(({ message, place }) => [message, place]));
  const ignored = unstable.pathsFor('command', frame.name);
  const actual = comparable(frame.bytes);
  const first = sameName.filter(({ place }) => isLeft(place)).slice(0, maximumCompared);
  const compared = [...first, ...sameName.filter(({ place }) => !isLeft(place))].slice(0, maximumCompared);
  return compared
    .map(({ message }): Scored => ({ message, found: differences(comparable(message.raw), actual, ignored) }))
    .sort((a, b) => a.found.length - b.found.length)
    .slice(0, maximumShown)
    .map((one) => ({
      ...recordedLine(one.message),
      how: howOf(one, isLeft(places.get(one.message) ?? -1)),
      same: one.found.length === 0,
    }));
}

function howOf({ found }: Scored, left: boolean): string {
  if (found.length === 0)
    return left ? 'the same, in another place' : 'the same, and its answer was given already';
  const shown = found.slice(0, maximumShown).map(({ path, expected, actual }) => {
    return `${path}: recorded ${expected ?? 'nothing'}, got ${actual ?? 'nothing'}`;
  });
  const more = found.length > maximumShown ? [`and ${found.length - maximumShown} more`] : [];
  return [...shown, ...more].join('; ');
}

/** Commands of other names, the most similar first, one of each name. */
function sounding(name: string, inputs: readonly { readonly message: Message }[]): Candidate[] {
  const byName = new Map<string, Message>();
  for (const { message } of inputs) {
    if (message.name !== undefined && !byName.has(message.name)) byName.set(message.name, message);
  }
  return [...byName]
    .map(([recorded, message]) => ({ message, score: similarity(name, recorded) }))
    .filter(({ score }) => score >= 0.4)
    .sort((a, b) => b.score - a.score)
    .slice(0, maximumShown)
    .map(({ message }) => ({ ...recordedLine(message), how: 'another command', same: false }));
}

function comparable(bytes: Uint8Array): JsonValue {
  try {
    const value = parseJson(bytes);
    if (!isObject(value)) return value;
    const compared = new Map(value);
    compared.delete('id');
    return compared;
  } catch {
    return null;
  }
}

/** Pairs of neighbouring letters that two names share, from 0 to 1 (Dice). */
function similarity(a: string, b: string): number {
  const [pairsA, pairsB] = [pairs(a), pairs(b)];
  let shared = 0;
  for (const pair of pairsA) if (pairsB.has(pair)) shared += 1;
  return pairsA.size + pairsB.size === 0 ? 0 : (2 * shared) / (pairsA.size + pairsB.size);
}

function pairs(text: string): Set<string> {
  const found = new Set<string>();
  for (let at = 1; at < text.length; at++) found.add(text.slice(at - 1, at + 1));
  return found;
}
