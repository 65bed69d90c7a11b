/**
 * What cannot be the same twice, and is therefore never compared, neither by a replay nor by `diff`: declared
 * here as data, printed by `--explain`. A comparison leaves out what these rules name.
 */
import { type Path, parsePath } from '../json/path.js';
import { isObject, type JsonValue } from '../json/value.js';
import { compileGlob } from '../text/glob.js';

/** A place in messages that is left out of comparison. */
export interface UnstableRule {
  /** The message: a command, a response (by its command's name) or an event. */
  readonly in: 'command' | 'response' | 'event';
  /** A shell-like pattern for the command's or the event's name. */
  readonly of: string;
  readonly path: string;
  readonly because: string;
}

/** The declared rules. Add here what a second run of the same QEMU shows to differ. */
export const unstableRules: readonly UnstableRule[] = [
  { in: 'event', of: '*', path: 'timestamp', because: 'the time at which the event was emitted' },
  { in: 'response', of: 'query-cpus*', path: 'return[*].thread-id', because: 'thread of the host' },
  { in: 'response', of: 'query-cpus', path: 'return[*].thread_id', because: 'thread of the host' },
  { in: 'response', of: 'query-cpus', path: 'return[*].pc', because: 'where the processor is just now' },
  { in: 'response', of: 'query-iothreads', path: 'return[*].thread-id', because: 'thread of the host' },
  { in: 'response', of: 'query-pr-managers', path: 'return[*].pid', because: 'process of the host' },
  {
    in: 'response',
    of: 'query-chardev',
    path: 'return[*].filename',
    because: 'names sockets and terminals of the host',
  },
  { in: 'response', of: 'query-vnc*', path: '**.service', because: 'a port of the host' },
  { in: 'response', of: 'query-vnc*', path: '**.clients', because: 'who is connected just now' },
  { in: 'response', of: 'query-spice', path: '**.channels', because: 'who is connected just now' },
  {
    in: 'response',
    of: 'add-fd',
    path: 'return.fd',
    because: "number of a descriptor in the server's process",
  },
  { in: 'response', of: 'add-fd', path: 'return.fdset-id', because: 'the next free number of a set' },
  {
    in: 'response',
    of: 'query-fdsets',
    path: 'return[*].fdset-id',
    because: 'the next free number of a set',
  },
  {
    in: 'response',
    of: 'query-fdsets',
    path: 'return[*].fds[*].fd',
    because: "number of a descriptor in the server's process",
  },
  { in: 'response', of: 'query-migrate', path: 'return.total-time', because: 'measured time' },
  { in: 'response', of: 'query-migrate', path: 'return.setup-time', because: 'measured time' },
  { in: 'response', of: 'query-migrate', path: 'return.downtime', because: 'measured time' },
  { in: 'response', of: 'query-migrate', path: 'return.expected-downtime', because: 'measured time' },
  { in: 'response', of: 'query-migrate', path: 'return.ram.**', because: 'counts that depend on speed' },
  { in: 'response', of: 'query-blockstats', path: '**.stats.**', because: 'counts and measured times' },
  { in: 'response', of: 'query-stats', path: '**.value', because: 'counts and measured times' },
  { in: 'response', of: 'query-replay', path: 'return.icount', because: 'a count of instructions' },
  { in: 'response', of: 'query-jobs', path: 'return[*].current-progress', because: 'depends on speed' },
  { in: 'response', of: 'query-block-jobs', path: 'return[*].offset', because: 'depends on speed' },
  { in: 'response', of: 'guest-sync*', path: 'return', because: 'a value that the client makes up' },
  { in: 'response', of: 'guest-exec', path: 'return.pid', because: 'process of the guest' },
  { in: 'response', of: 'guest-file-open', path: 'return', because: 'the next free number of a handle' },
  { in: 'response', of: 'guest-get-time', path: 'return', because: "the guest's clock" },
  { in: 'response', of: 'guest-get-cpustats', path: 'return', because: 'measured times' },
  { in: 'response', of: 'guest-get-diskstats', path: '**.stats', because: 'counts and measured times' },
  { in: 'response', of: 'guest-get-users', path: '**.login-time', because: "the guest's clock" },
  {
    in: 'response',
    of: 'guest-network-get-interfaces',
    path: 'return[*].statistics',
    because: 'counts of packets',
  },
  {
    in: 'response',
    of: 'guest-get-fsinfo',
    path: 'return[*].used-bytes',
    because: 'what files take just now',
  },
  { in: 'event', of: 'RTC_CHANGE', path: 'data.offset', because: 'depends on the clock' },
  { in: 'event', of: 'DUMP_COMPLETED', path: 'data.result.completed', because: 'depends on speed' },
  { in: 'command', of: 'guest-sync*', path: 'arguments.id', because: 'a value that the client makes up' },
  { in: 'command', of: 'guest-set-time', path: 'arguments.time', because: "the client's clock" },
];

/** The rules and the paths of `--ignore`, ready to be asked for a message. */
export class Unstable {
  readonly #rules: readonly {
    readonly rule: UnstableRule;
    readonly matches: (name: string) => boolean;
    readonly path: Path;
  }[];
  readonly #ignored: readonly Path[];
  readonly #known = new Map<string, readonly Path[]>();

  /**
   * @param ignore paths to be left out of every message
   * @throws UsageError for a path that does not parse
   */
  constructor(ignore: readonly string[] = [], rules: readonly UnstableRule[] = unstableRules) {
    this.#ignored = ignore.map(parsePath);
    this.#rules = rules.map((rule) => ({ rule, matches: compileGlob(rule.of), path: parsePath(rule.path) }));
  }

  /** The paths to leave out of a message of this kind and name. */
  pathsFor(kind: UnstableRule['in'], name: string | undefined): readonly Path[] {
    const key = `${kind} ${name ?? ''}`;
    let paths = this.#known.get(key);
    if (paths === undefined) {
      const declared = this.#rules.filter(({ rule, matches }) => rule.in === kind && matches(name ?? ''));
      paths = [...declared.map(({ path }) => path), ...this.#ignored];
      if (this.#known.size < maximumKnown) this.#known.set(key, paths);
    }
    return paths;
  }
}

/** Names come from the wire; QEMU has some 300 commands and events. */
const maximumKnown = 4096;

const refusedLine = /^\d+:(?=\d+: JSON parse error, )/;

/**
 * A message without the line at which QEMU since 11.1 refused a malformed one, which is never compared: a guest agent
 * counts the lines of all that it was ever sent.
 */
export function withoutRefusedLine(message: JsonValue): JsonValue {
  const error = isObject(message) ? message.get('error') : undefined;
  const desc = isObject(error) ? error.get('desc') : undefined;
  if (!isObject(message) || !isObject(error) || typeof desc !== 'string' || !refusedLine.test(desc))
    return message;
  return new Map(message).set('error', new Map(error).set('desc', desc.replace(refusedLine, '')));
}
