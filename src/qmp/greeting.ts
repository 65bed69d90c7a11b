/** Reads a greeting: which QEMU answers, and what it can do. */
import { parseJson } from '../json/parse.js';
import { isArray, isNumber, isObject, type JsonValue } from '../json/value.js';

/** What a greeting says of its server; the draft protocol 0.1 names no version. */
export interface Greeting {
  /** `7.2.22`. */
  readonly qemu: string | undefined;
  /** The distributor's package, often empty. */
  readonly package: string | undefined;
  readonly capabilities: readonly string[];
}

/** A greeting is a few hundred bytes; what is longer is not read. */
const maximumBytes = 65_536;

/** Takes what it understands of a greeting; never fails. */
export function readGreeting(bytes: Uint8Array): Greeting {
  const none: Greeting = { qemu: undefined, package: undefined, capabilities: [] };
  if (bytes.length > maximumBytes) return none;
  let greeting: JsonValue | undefined;
  try {
    greeting = member(parseJson(bytes), 'QMP');
  } catch {
    return none;
  }
  const version = member(greeting, 'version');
  const capabilities = member(greeting, 'capabilities');
  return {
    qemu: versionNumber(version),
    package: text(member(version, 'package')),
    capabilities: isArray(capabilities) ? capabilities.filter((name) => typeof name === 'string') : [],
  };
}

/** `{"major": 7, "minor": 2, "micro": 22}`; before QEMU 0.13 a text, `"0.12.50"`. */
function versionNumber(version: JsonValue | undefined): string | undefined {
  const qemu = member(version, 'qemu');
  if (typeof qemu === 'string') return qemu;
  const parts = ['major', 'minor', 'micro'].map((name) => member(qemu, name));
  return parts.every(isNumber) ? parts.map((part) => part.text).join('.') : undefined;
}

function member(value: JsonValue | undefined, name: string): JsonValue | undefined {
  return isObject(value) ? value.get(name) : undefined;
}

function text(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
