/**
 * Stories with one beginning and one end, one at a time: the guest is paused, is asked to power down, its file
 * systems are frozen, its memory is dumped. One table.
 */
import type { Begin, OnAnswer, Said, StoryDetector, DetectorKind, StoryBuilder } from './story.js';
import { textOf } from './story.js';
import type { JsonObject } from '../../json/value.js';

interface Span {
  readonly kind: string;
  /** What begins it; of a command only if `when` says so. */
  readonly begins: { readonly command: string } | { readonly event: string };
  readonly when?: (given: JsonObject) => boolean;
  /** Commands and events that end it; a command ends it with its response. */
  readonly ends: readonly string[];
  /** It may last to the end of the session. */
  readonly lasting?: boolean;
  /** Commands by which a client asks for what an event begins. */
  readonly wanted?: readonly string[];
  /** Events that tell why it begins, if they come just before; each with what it tells. */
  readonly causes?: Readonly<Record<string, (given: JsonObject) => string | undefined>>;
  /** What went wrong, by the data of the event that ends it. */
  readonly failure?: (given: JsonObject) => string | undefined;
}

const spans: readonly Span[] = [
  // libvirt pauses and QEMU itself does: for a migration, on an I/O error.
  {
    kind: 'pause',
    begins: { event: 'STOP' },
    ends: ['RESUME', 'SHUTDOWN'],
    lasting: true,
    wanted: ['stop'],
    causes: {
      BLOCK_IO_ERROR: (given) => (textOf(given, 'action') === 'stop' ? ioError(given) : undefined),
      GUEST_PANICKED: () => 'GUEST_PANICKED',
      WATCHDOG: (given) => (textOf(given, 'action') === 'pause' ? 'WATCHDOG' : undefined),
    },
  },
  { kind: 'power down', begins: { command: 'system_powerdown' }, ends: ['SHUTDOWN'] },
  {
    kind: 'file system freeze',
    begins: { command: 'guest-fsfreeze-freeze' },
    ends: ['guest-fsfreeze-thaw'],
  },
  {
    kind: 'memory dump',
    begins: { command: 'dump-guest-memory' },
    when: (given) => given.get('detach') === true,
    ends: ['DUMP_COMPLETED'],
    failure: (given) => textOf(given, 'error'),
  },
];

export const spanDetectors: readonly DetectorKind[] = spans.map((span) => {
  const start = 'command' in span.begins ? span.begins.command : span.begins.event;
  const isEvent = (name: string): boolean => !/[a-z]/.test(name);
  const names = [start, ...span.ends, ...(span.wanted ?? []), ...Object.keys(span.causes ?? {})];
  return {
    commands: names.filter((name) => !isEvent(name)),
    events: names.filter(isEvent),
    create: (begin) => new SpanDetector(span, start, begin),
  };
});

class SpanDetector implements StoryDetector {
  readonly #span: Span;
  readonly #start: string;
  readonly #begin: Begin;
  #story: StoryBuilder | undefined;
  /** The client's command that asked for it. */
  #asked: Said['at'] | undefined;
  #cause: { readonly text: string; readonly at: Said['at'] } | undefined;

  constructor(span: Span, start: string, begin: Begin) {
    this.#span = span;
    this.#start = start;
    this.#begin = begin;
  }

  command(said: Said): OnAnswer | undefined {
    if (this.#span.wanted?.includes(said.name) === true) {
      this.#asked = said.at;
      return undefined;
    }
    if (said.name === this.#start) {
      if (this.#span.when?.(said.given) === false) return undefined;
      const story = this.#started(said);
      return (answer) => {
        if (!answer.ok) story.refused(answer);
      };
    }
    const story = this.#story;
    return (answer) => {
      if (answer.ok) story?.end(answer.at, 'success', said.name);
      else story?.step(answer.at, `${said.name}: ${answer.desc ?? 'refused'}`);
    };
  }

  event(said: Said): void {
    const cause = this.#span.causes?.[said.name];
    if (cause !== undefined) {
      const text = cause(said.given);
      if (text !== undefined) this.#cause = { text, at: said.at };
      return;
    }
    if (said.name === this.#start) this.#started(said);
    else if (this.#story?.isOpen === true) {
      const failure = this.#span.failure?.(said.given);
      this.#story.end(said.at, failure === undefined ? 'success' : 'failure', said.name, failure);
    }
  }

  #started(said: Said): StoryBuilder {
    if (this.#story?.isOpen === true) this.#story.step(said.at, `${said.name} again`);
    else {
      this.#story = this.#begin(this.#span.kind, '', said);
      const wanted = this.#asked?.session === said.at.session;
      if (this.#span.lasting === true) this.#story.lasting = wanted ? 'wanted' : 'maybe';
      this.#asked = undefined;
      const cause = this.#cause;
      // QEMU sends both at once; a client's command may come between.
      if (cause?.at.session === said.at.session && said.at.seq - cause.at.seq <= 3)
        this.#story.detail = cause.text;
    }
    return this.#story;
  }
}

/** `BLOCK_IO_ERROR: No space left on device (write to d0)`. */
function ioError(given: JsonObject): string {
  const where = [textOf(given, 'node-name'), textOf(given, 'device')].find(
    (name) => name !== undefined && name !== '',
  );
  const reason = textOf(given, 'reason');
  const what = [textOf(given, 'operation'), where].filter((part) => part !== undefined).join(' to ');
  return `BLOCK_IO_ERROR${reason === undefined ? '' : `: ${reason}`}${what === '' ? '' : ` (${what})`}`;
}
