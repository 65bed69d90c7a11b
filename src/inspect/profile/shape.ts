/**
 * The shape of a command's arguments: which members they have, and of a few that choose what is done, the value. What
 * they name (files, ids, passwords) is no part of it, so that a profile can be passed on.
 */
import { isArray, isObject, type JsonObject, type JsonValue } from '../../json/value.js';

/** Members whose value chooses what is done; it is a word of QEMU's schema. */
const choosing: ReadonlySet<string> = new Set([
  ...['driver', 'type', 'sync', 'format', 'mode', 'qom-type', 'property', 'action', 'on-error', 'flat'],
  ...['detach', 'capability'],
]);

const word = /^[A-Za-z][\w.-]{0,39}$/;
/** More members, or longer text, are cut: a shape is a key. */
const maxMembers = 24;
const maxLength = 200;

/** `{bus,driver=virtio-blk-pci,id}`; `{}` without arguments. */
export function shapeOf(given: JsonObject): string {
  return cut(objectShape(given, 0));
}

function objectShape(given: JsonObject, depth: number): string {
  const members = [...given].sort(([a], [b]) => (a < b ? -1 : 1)).slice(0, maxMembers);
  return `{${members.map(([key, value]) => memberShape(key, value, depth)).join()}}`;
}

function memberShape(key: string, value: JsonValue, depth: number): string {
  if (!word.test(key)) return '?';
  if (typeof value === 'boolean' && choosing.has(key)) return `${key}=${String(value)}`;
  if (typeof value === 'string' && choosing.has(key) && word.test(value)) return `${key}=${value}`;
  if (isObject(value) && depth < 1) return `${key}:${objectShape(value, depth + 1)}`;
  if (key === 'actions' && isArray(value)) return `${key}:[${actionTypes(value).join()}]`;
  return key;
}

/** The kinds of a transaction's actions, each once. */
function actionTypes(actions: readonly JsonValue[]): readonly string[] {
  const types = actions.map((action) => (isObject(action) ? action.get('type') : undefined));
  return [...new Set(types.map((type) => (typeof type === 'string' && word.test(type) ? type : '?')))].sort();
}

function cut(shape: string): string {
  return shape.length > maxLength ? `${shape.slice(0, maxLength)}…` : shape;
}
