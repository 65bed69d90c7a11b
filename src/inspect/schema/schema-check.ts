/**
 * Checks messages against the schema that the recording itself holds, and tells each member's type. Wire text
 * in what it gives is not escaped.
 */
import { tryParse } from '../../json/parse.js';
import { concretePath, printPath, type Step } from '../../json/path.js';
import { printJson } from '../../json/print.js';
import { isObject, type JsonObject, type JsonValue } from '../../json/value.js';
import type { Schema } from '../../qmp/schema.js';
import type { Message } from '../../recording/message.js';
import { didYouMean } from '../../text/closest.js';
import { type SchemaIssue, type SchemaVisit, walkSchema } from './schema-walk.js';

/** Something that the schema says of a message. */
export interface SchemaFinding {
  /** How grave it is. */
  readonly issue: SchemaIssue;
  /** Into the message: `arguments.driver`. */
  readonly path: string;
  /** `unknown; did you mean 'driver'?`, `missing`, `must be an integer, is a string` … */
  readonly text: string;
}

/** A member of a message with its type. */
export interface ExplainedMember {
  /** Into the message: `arguments.driver`. */
  readonly path: string;
  /** How deep it lies below the message: members of `arguments` at 1. */
  readonly depth: number;
  /** Compact JSON, cut if long; of a container what kind; undefined where the member is missing. */
  readonly value: string | undefined;
  /** In a few words: `str`, `int`, `BlockdevOptions`. */
  readonly type: string;
  /** What the schema says of it. */
  readonly findings: readonly SchemaFinding[];
}

/**
 * Commands whose arguments QEMU does not check against the schema but against something else: the
 * driver's properties. (`device_add` always, the others before QEMU 6.0; 'gen': false in QEMU's qapi/.)
 */
const openCommands: ReadonlySet<string> = new Set(['device_add', 'netdev_add', 'object-add']);

/** What is wrong with a command, or deprecated or unstable in it; of other messages nothing. */
export function checkCommand(schema: Schema, message: Message): readonly SchemaFinding[] {
  if (message.kind !== 'command' || message.name === undefined) return [];
  const findings: SchemaFinding[] = [];
  visitMessage(schema, message, {
    value: () => undefined,
    issue: (steps, issue, text) => findings.push({ issue, path: printPath(concretePath(steps)), text }),
  });
  return findings;
}

/** More members than this are not explained: a response may have a hundred thousand. */
const maxMembers = 5_000;

type Gathered = ExplainedMember & { readonly findings: SchemaFinding[] };

/** Every member of a command's arguments, of what a response returned, or of an event's data. */
export function explainMessage(schema: Schema, message: Message): readonly ExplainedMember[] {
  const members = new Map<string, Gathered>();
  const add = (steps: readonly Step[], value: string | undefined, type: string): Gathered | undefined => {
    const path = printPath(concretePath(steps));
    let member = members.get(path);
    if (member === undefined && members.size < maxMembers) {
      member = { path, depth: steps.length - 1, value, type, findings: [] };
      members.set(path, member);
    }
    return member;
  };
  visitMessage(schema, message, {
    value: (steps, value, type) => {
      add(steps, value === undefined ? undefined : shown(value), type);
    },
    issue: (steps, issue, text) => {
      const member = add(steps, message.name, 'command');
      member?.findings.push({ issue, path: member.path, text });
    },
  });
  return [...members.values()];
}

/** Walks that part of a message that has a type. */
function visitMessage(schema: Schema, message: Message, visit: SchemaVisit): void {
  const value = parse(message);
  if (value === undefined) return;
  const { kind, name, command } = message;
  if (kind === 'command' && name !== undefined) visitCommand(schema, name, value, visit);
  if (kind === 'event' && name !== undefined) {
    const type = schema.events.get(name)?.data;
    const data = value.get('data');
    if (type !== undefined && data !== undefined)
      walkSchema(schema, { type, value: data, steps: ['data'] }, visit);
  }
  if (kind === 'success' && command !== undefined) {
    const type = schema.commands.get(command)?.returns;
    const returned = value.get('return');
    if (type !== undefined && returned !== undefined)
      walkSchema(schema, { type, value: returned, steps: ['return'] }, visit);
  }
}

function visitCommand(schema: Schema, name: string, value: JsonObject, visit: SchemaVisit): void {
  const verb = value.has('exec-oob') ? 'exec-oob' : 'execute';
  const command = schema.commands.get(name);
  if (command === undefined) {
    visit.issue(
      [verb],
      'absent',
      `this server has no command '${name}'${didYouMean(name, schema.commands.keys())}`,
    );
    return;
  }
  if (verb === 'exec-oob' && !command.oob)
    visit.issue([verb], 'wrong', `'${name}' cannot be executed out-of-band`);
  for (const feature of ['deprecated', 'unstable'] as const) {
    if (command.features.includes(feature)) visit.issue([verb], feature, `'${name}' is ${feature}`);
  }
  const type = schema.types.get(command.arguments);
  const open = openCommands.has(name) && !(type?.meta === 'object' && type.variants.size > 0);
  const given = value.get('arguments') ?? new Map<string, JsonValue>();
  walkSchema(schema, { type: command.arguments, value: given, steps: ['arguments'], open }, visit);
}

function parse({ raw }: Message): JsonObject | undefined {
  const value = tryParse(raw, { nonFinite: true });
  return isObject(value) ? value : undefined;
}

function shown(value: JsonValue): string {
  if (isObject(value)) return value.size === 0 ? '{}' : '{…}';
  if (Array.isArray(value)) return value.length === 0 ? '[]' : `[…] of ${value.length}`;
  const text = printJson(value);
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
