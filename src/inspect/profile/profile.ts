/**
 * A profile: how long commands take, by the shape of their arguments, and in which order they follow each other, over
 * many recordings. Profiles are merged by adding them up. Bounded: names come from the wire.
 */
import { isObject, type JsonObject } from '../../json/value.js';
import { memberOf, type Message } from '../../recording/message.js';
import type { MessageRange, RecordingReader } from '../../recording/ports.js';
import { LatencySketch } from './sketch.js';
import { shapeOf } from './shape.js';

/** More commands, shapes of one, or followers of one are counted together, under `otherName`. */
const maxCommands = 2000;
const maxShapes = 64;
const maxFollowers = 200;
/** Under which what is too much is counted. */
export const otherName = '…';
/** What comes before the first command of a session. */
export const sessionStart = '';
/** More commands without an answer than any client has. */
const maxOpen = 1000;
/** Larger commands are not parsed. */
const maxBytes = 1 << 20;

/** What is known of a command. */
export interface CommandProfile {
  /** How often it was sent. */
  count: number;
  /** Of those, how many were answered by an error. */
  errors: number;
  /** Of those, how many were never answered. */
  unanswered: number;
  readonly shapes: Map<string, LatencySketch>;
  /** How often each command came next in its session. */
  readonly followers: Map<string, number>;
}

export class Profile {
  recordings = 0;
  sessions = 0;
  readonly commands = new Map<string, CommandProfile>();

  /** The command's entry, made if it is not there. */
  command(name: string): CommandProfile {
    const known = this.commands.get(name);
    if (known !== undefined) return known;
    if (this.commands.size >= maxCommands && name !== otherName) return this.command(otherName);
    const made = { count: 0, errors: 0, unanswered: 0, shapes: new Map(), followers: new Map() };
    this.commands.set(name, made);
    return made;
  }

  /** The durations of a command with such arguments. */
  shape(name: string, shape: string): LatencySketch {
    const { shapes } = this.command(name);
    const key = shapes.has(shape) || shapes.size < maxShapes ? shape : otherName;
    let sketch = shapes.get(key);
    if (sketch === undefined) shapes.set(key, (sketch = new LatencySketch()));
    return sketch;
  }

  /** One command came after another. */
  follow(before: string, next: string, times = 1): void {
    const { followers } = this.command(before);
    const key = followers.has(next) || followers.size < maxFollowers ? next : otherName;
    followers.set(key, (followers.get(key) ?? 0) + times);
  }

  /** All durations of a command, whatever its arguments. */
  durations(name: string): LatencySketch {
    const all = new LatencySketch();
    for (const sketch of this.commands.get(name)?.shapes.values() ?? []) all.merge(sketch);
    return all;
  }

  /** Adds a recording. */
  add(reader: RecordingReader): void {
    this.recordings += 1;
    this.sessions += reader.sessions().length;
    const last = new Map<number, string>();
    for (const { command, answer } of commandsOf(reader)) {
      if (answer === undefined) {
        const before = last.get(command.session) ?? sessionStart;
        this.follow(before, command.name);
        last.set(command.session, command.name);
        const known = this.command(command.name);
        known.count += 1;
        known.unanswered += 1;
        continue;
      }
      const known = this.command(command.name);
      known.unanswered -= 1;
      if (answer.kind === 'error') known.errors += 1;
      if (answer.latency !== undefined) this.shape(command.name, command.shape).add(answer.latency);
    }
  }

  /** Adds another profile. */
  merge(other: Profile): void {
    this.recordings += other.recordings;
    this.sessions += other.sessions;
    for (const [name, { count, errors, unanswered, shapes, followers }] of other.commands) {
      const known = this.command(name);
      known.count += count;
      known.errors += errors;
      known.unanswered += unanswered;
      for (const [shape, sketch] of shapes) this.shape(name, shape).merge(sketch);
      for (const [next, times] of followers) this.follow(name, next, times);
    }
  }
}

/** A command as a profile sees it. */
export interface ProfiledCommand {
  readonly session: number;
  readonly seq: number;
  readonly name: string;
  readonly shape: string;
}

/** Each command when it is sent, and again with its answer. */
export function* commandsOf(
  reader: RecordingReader,
  range?: MessageRange,
): Iterable<{ readonly command: ProfiledCommand; readonly answer: Message | undefined }> {
  const open = new Map<string, ProfiledCommand>();
  for (const message of reader.messages(range)) {
    const { session, seq, kind, name, replyTo, late } = message;
    if (kind === 'command' && name !== undefined) {
      const command = { session, seq, name, shape: shapeOf(argumentsOf(message)) };
      open.set(`${session} ${seq}`, command);
      const [oldest] = open.size > maxOpen ? open.keys() : [];
      if (oldest !== undefined) open.delete(oldest);
      yield { command, answer: undefined };
    } else if (kind === 'success' || kind === 'error') {
      const key = replyTo === undefined ? late && `${late.session} ${late.seq}` : `${session} ${replyTo}`;
      const command = key === undefined ? undefined : open.get(key);
      if (key === undefined || command === undefined) continue;
      open.delete(key);
      yield { command, answer: message };
    }
  }
}

const nothing: JsonObject = new Map();

function argumentsOf({ raw }: Message): JsonObject {
  const given = raw.length > maxBytes ? undefined : memberOf(raw, 'arguments');
  return isObject(given) ? given : nothing;
}
