/** Error responses, those of the same kind together, and responses that came to the next client. */
import { isObject } from '../../json/value.js';
import { memberOf, type Message } from '../../recording/message.js';
import { counted } from '../format.js';
import { type Moment, textOf } from '../stories/story.js';
import { type Detector, filterOf, type Finding, finding, Numbers, termOf, type Told } from './finding.js';

/** What a class means. (QEMU's qapi/error.json, `QapiErrorClass`.) */
const classes: Readonly<Record<string, string>> = {
  CommandNotFound:
    'This server does not have the command: it is too old or too new, was built without it, or the capabilities ' +
    'negotiation is not over.',
  DeviceNotFound:
    'There is no device of that name: it has not been added yet, is gone already, or has another name.',
  DeviceNotActive: 'The device is there, but has nothing going on that the command is about.',
  KVMMissingCap: 'The kernel of the host cannot do it.',
};
const usual =
  'The server understood the command and refused it; nothing was changed. Its own words are all that it tells.';
/** They take a descriptor that comes with them. */
const takers = ['getfd', 'add-fd'];
/** Bounds memory; more kinds of errors are one. */
const maxGroups = 200;

interface Group {
  readonly command: string;
  readonly name: string;
  readonly desc: string;
  readonly at: Moment;
  readonly numbers: Numbers;
}

export class Refusals implements Detector {
  readonly #groups = new Map<string, Group>();
  readonly #late = new Map<string, Group>();

  take({ message, at }: Told): void {
    if (message.late !== undefined) this.#add(this.#late, message, at, ['', '']);
    else if (message.kind === 'error') this.#add(this.#groups, message, at, errorOf(message));
  }

  #add(
    groups: Map<string, Group>,
    message: Message,
    at: Moment,
    [name, desc]: readonly [string, string],
  ): void {
    // What answers no command, or one that could not be parsed, is told as a violation.
    const { command } = message;
    if (command === undefined) return;
    const key = JSON.stringify([at.session, command, name, kindOf(desc)]);
    let group = groups.get(key);
    if (group === undefined) {
      if (groups.size >= maxGroups) return;
      group = { command, name, desc, at, numbers: new Numbers() };
      groups.set(key, group);
    }
    group.numbers.add(at.seq);
  }

  *findings(): Iterable<Finding> {
    for (const group of this.#groups.values()) yield errorFinding(group);
    for (const { command, at, numbers } of this.#late.values()) {
      yield finding({
        kind: 'late-response',
        at,
        subject: command,
        title: `${counted(numbers.count, 'response')} to ${command} came when its client had gone`,
        cause:
          'A server that was busy answers when it can, to whoever is connected then. A client that does not compare ids ' +
          'takes it for the response to its own command.',
        seqs: numbers.seqs,
        count: numbers.count,
        next: { command: 'show', filter: filterOf(at.session, numbers.seqs) },
      });
    }
  }
}

function errorFinding({ command, name, desc, at, numbers }: Group): Finding {
  const often = numbers.count === 1 ? '' : ` ${numbers.count} times`;
  const isTaker = takers.includes(command);
  return finding({
    kind: isTaker ? 'descriptor-failed' : 'error-responses',
    at,
    subject: command,
    title: `${command} was refused${often}: ${name}: ${desc}`,
    cause: isTaker
      ? 'The descriptor has to come with the very message (SCM_RIGHTS) over a unix socket; a proxy, TCP or a client ' +
        'that sends it apart loses it.'
      : ((Object.hasOwn(classes, name) ? classes[name] : undefined) ?? usual),
    seqs: numbers.seqs,
    count: numbers.count,
    next: { command: 'show', filter: `session:${at.session} ${termOf('cmd', command)} kind:error` },
  });
}

function errorOf({ raw }: Message): readonly [string, string] {
  const error = memberOf(raw, 'error');
  if (!isObject(error)) return ['', ''];
  const desc = textOf(error, 'desc') ?? '';
  return [textOf(error, 'class') ?? '', desc.length > 300 ? `${desc.slice(0, 300)}…` : desc];
}

/** Errors that differ by a number or a name alone are the same. */
function kindOf(desc: string): string {
  return desc.replace(/'[^']*'|"[^"]*"/g, "'…'").replace(/\d+/g, '#');
}
