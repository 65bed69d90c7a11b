/**
 * Messages in any text: QEMU's documents, a terminal's screen, logs of programs that print what they send and
 * receive. A message is where its JSON is, up to where that ends; its direction is told by an arrow or a word
 * before it, else by its members.
 */
import { tryParse } from '../../json/parse.js';
import { isNumber, isObject, type JsonObject } from '../../json/value.js';
import type { Direction } from '../../recording/message.js';
import {
  damaged,
  type ImportedSession,
  type ImportedTraffic,
  type Importer,
  type ImportTarget,
} from '../import.js';
import { directionByMembers } from '../reading/direction.js';
import { objectStart, ValueEnd } from '../reading/json-text.js';
import type { LogLine } from '../reading/line.js';
import { type LogReader, openLog } from '../reading/log-reader.js';
import { binaryText, isWhole, messageBytes } from '../wire.js';
import { shellCommand } from './shell-command.js';
import { SocatDump } from './socat-dump.js';
import { eventPrinted } from './virsh-event.js';

/** What is known of a message before it is read. */
interface Place {
  readonly dir: Direction | undefined;
  readonly micros: number | undefined;
  /** The line in which it begins. */
  readonly line: number;
}

/** A message whose end is still to come. */
interface Pending extends Place {
  /** The direction, where both are told in turns; else empty. */
  readonly key: string;
  readonly lines: string[];
  readonly end: ValueEnd;
  size: number;
  /** What the value is part of, where it is not the message itself. */
  readonly wrap: ((json: string) => string | undefined) | undefined;
}

/** A message of more than this is not QEMU's. */
const maximumMessage = 128 * 2 ** 20;

/** `qemu-ga -v` logs what it reads, and of what it sends the length. */
const agentReads = /\bread data, count: \d+, data: \xff*$/;
const agentSends = /\bsending data, count: \d+$/;

const toServer =
  /(?:->|-->|>>>?|\xe2\x86\x92|\bQUERY:|\b(?:send|sent|sending|write|request|req)\b[^{<]*)\s*['"]?$/i;
const toClient =
  /(?:<-|<--|<<<?|\xe2\x86\x90|\b(?:REPLY|EVENT):|\b(?:recv|receive|received|read|response|resp)\b[^{>]*)\s*['"]?$/i;
const arrow = /^\s*(?:-?->|<--?)\s*/;

/** With these a message begins, whatever was before it. */
const beginning =
  /^\s*(?:-?->|<--?)\s|^\s*\{\s*["'](?:execute|exec-oob|return|error|QMP|event|timestamp)["']\s*:/;

/** libvirt's tools name the machine that a command is for. */
const domainOf = /\bqemu-(?:monitor|agent)-command\s+(?:--?[a-z-]+\s+)*'?([^\s']+)'?/;

/** What a program says of the log, or the names of times that its tests print instead of times. */
const placeholder = /:(\s*)[A-Z][A-Z_]+(?=\s*[,}])/g;

const note = 'from text: exact white space is not known, nor are times that it does not tell';

/** One conversation of the text. */
interface Talk {
  session: ImportedSession | undefined;
  label: string | undefined;
  /** It is the guest agent's own log. */
  isAgent: boolean;
  messages: number;
  /** A command was seen. */
  commanded: boolean;
  /** Typed at qmp-shell's prompt, and not yet seen as JSON. */
  typed: { readonly json: string; readonly micros: number | undefined } | undefined;
  /** By direction, where both are told in turns. */
  readonly pending: Map<string, Pending>;
}

export class MessagesImporter implements Importer {
  readonly #target: ImportTarget;
  readonly #traffic: ImportedTraffic;
  readonly #reader: LogReader;
  readonly #socat: SocatDump;
  readonly #talks = new Map<string, Talk>();
  #latest: number | undefined;

  constructor(target: ImportTarget) {
    const { traffic, clock, reader } = openLog(
      target,
      (line) => {
        this.#take(line);
      },
      () => [...this.#talks.values()].flatMap(({ session }) => (session === undefined ? [] : [session])),
    );
    this.#target = target;
    this.#traffic = traffic;
    this.#reader = reader;
    this.#socat = new SocatDump(clock, (dir, micros, text, number) => {
      this.#reach(micros);
      this.#scan(this.#talk(''), text, { line: number, micros, dir });
    });
  }

  line(text: string, number: number): void {
    if (!this.#socat.line(text, number)) this.#reader.line(text, number);
  }

  end(): void {
    this.#socat.end();
    this.#reader.end();
    for (const talk of this.#talks.values()) this.#close(talk);
  }

  #take(line: LogLine): void {
    const { text, number, micros, source } = line;
    this.#reach(micros);
    const talk = this.#talk(source);
    if (/^#? ?session \d+\b/.test(text) && text.startsWith('#')) {
      this.#close(talk);
      return;
    }
    const typed = shellCommand(text);
    if (typed !== undefined) {
      this.#sayTyped(talk);
      if (typed !== '') talk.typed = { json: typed, micros };
      return;
    }
    const printed = eventPrinted(text);
    if (printed === undefined) this.#scan(talk, text, { line: number, micros, dir: undefined });
    else {
      const of = this.#talk(printed.domain);
      of.label = binaryText(printed.domain);
      const at: Place = { dir: 's2c', micros: printed.micros ?? micros, line: number };
      if (printed.data === undefined) this.#say(of, at, printed.message(undefined));
      else this.#goOn(of, this.#pending(at, printed.message), printed.data);
    }
  }

  /** Looks for messages in a line, and for the rest of one that began before. */
  #scan(talk: Talk, text: string, at: Place): void {
    const pending = talk.pending.get(at.dir ?? '');
    if (pending !== undefined) {
      if (beginning.test(text)) this.#drop(talk, pending);
      else {
        this.#goOn(talk, pending, text);
        return;
      }
    }
    const start = objectStart(text);
    if (start < 0) {
      const bare = text.trim();
      if (arrow.test(text)) this.#target.skip(at.line, 'no JSON');
      else if (agentSends.test(bare))
        this.#target.skip(at.line, 'a response, of which qemu-ga logs only the length');
      else if (bare !== '' && !bare.startsWith('#')) this.#target.skip(at.line, 'no message of QMP');
      return;
    }
    const before = text.slice(0, start);
    talk.label ??= domainOf.exec(before)?.[1];
    talk.isAgent ||= agentReads.test(before);
    this.#goOn(talk, this.#pending({ ...at, dir: at.dir ?? directionOf(before) }), text, start);
  }

  #pending(at: Place, wrap?: Pending['wrap']): Pending {
    const key = this.#socat.isOpen ? (at.dir ?? '') : '';
    return { ...at, key, lines: [], end: new ValueEnd(), size: 0, wrap };
  }

  /** Takes more of a message; what follows it may be another one. */
  #goOn(talk: Talk, pending: Pending, text: string, from = 0): void {
    const end = pending.end.find(text, from);
    pending.lines.push(text.slice(from, end));
    pending.size += text.length;
    if (end === undefined) {
      if (pending.end.isTorn || pending.size > maximumMessage) this.#drop(talk, pending);
      else talk.pending.set(pending.key, pending);
      return;
    }
    talk.pending.delete(pending.key);
    const json = pending.lines.join('\r\n');
    this.#say(talk, pending, pending.wrap === undefined ? json : pending.wrap(json));
    const rest = text.slice(end);
    if (beginning.test(rest))
      this.#scan(talk, rest, { ...pending, dir: this.#socat.isOpen ? pending.dir : undefined });
  }

  #drop(talk: Talk, pending: Pending): void {
    talk.pending.delete(pending.key);
    this.#target.skip(pending.line, damaged);
  }

  #say(talk: Talk, at: Place, text: string | undefined): void {
    const json = text === undefined || isWhole(messageBytes(text)) ? text : text.replace(placeholder, ':$10');
    const value = json === undefined ? undefined : tryParse(messageBytes(json), { nonFinite: true });
    if (json === undefined || !isObject(value)) {
      this.#target.skip(
        at.line,
        json !== undefined && isWhole(messageBytes(json))
          ? 'no message of QMP'
          : at.dir === undefined
            ? damaged
            : 'no JSON',
      );
      return;
    }
    const told = directionByMembers(value);
    const dir = at.dir !== undefined && (told === undefined || !this.#socat.isOpen) ? at.dir : told;
    if (dir === undefined) {
      this.#target.skip(at.line, 'no message of QMP');
      return;
    }
    // What qmp-shell -v prints is what was typed.
    if (dir === 'c2s') talk.typed = undefined;
    else if (!value.has('event')) this.#sayTyped(talk);
    // Who negotiates anew has connected anew.
    const negotiates = value.get('execute') === 'qmp_capabilities';
    if (talk.messages > 0 && (value.has('QMP') || (negotiates && talk.commanded)))
      this.#close(talk, 'client-closed');
    if (dir === 'c2s') talk.commanded = true;
    const micros = at.micros ?? eventTime(value);
    this.#reach(micros);
    const session = this.#session(talk);
    talk.messages += 1;
    session.say(dir, micros, messageBytes(`${json}\r\n`));
  }

  #sayTyped(talk: Talk): void {
    const { typed } = talk;
    talk.typed = undefined;
    if (typed === undefined) return;
    const session = this.#session(talk);
    talk.messages += 1;
    session.say('c2s', typed.micros, messageBytes(`${typed.json}\r\n`));
  }

  #session(talk: Talk): ImportedSession {
    const { label, isAgent } = talk;
    return (talk.session ??= this.#traffic.open({
      label,
      dialect: isAgent ? 'qga' : undefined,
      started: undefined,
      note: isAgent ? `${note}; qemu-ga logs no responses` : note,
    }));
  }

  #reach(micros: number | undefined): void {
    this.#latest = micros ?? this.#latest;
  }

  #talk(source: string): Talk {
    let talk = this.#talks.get(source);
    if (talk === undefined) {
      const label = source === '' ? undefined : binaryText(source);
      talk = {
        session: undefined,
        label,
        isAgent: false,
        messages: 0,
        commanded: false,
        typed: undefined,
        pending: new Map(),
      };
      this.#talks.set(source, talk);
    }
    return talk;
  }

  #close(talk: Talk, how: 'client-closed' | 'cut-off' = 'cut-off'): void {
    for (const pending of talk.pending.values()) this.#drop(talk, pending);
    this.#sayTyped(talk);
    talk.session?.close(this.#latest, how, how === 'cut-off' ? 'the text ends here' : undefined);
    talk.session = undefined;
    talk.messages = 0;
    talk.commanded = false;
  }
}

function directionOf(before: string): Direction | undefined {
  if (agentReads.test(before) || toServer.test(before)) return 'c2s';
  return toClient.test(before) ? 's2c' : undefined;
}

/** Microseconds since 1970 that an event tells of itself. */
export function eventTime(value: JsonObject): number | undefined {
  const time = value.has('event') ? value.get('timestamp') : undefined;
  const [seconds, micros] = ['seconds', 'microseconds'].map((key) => {
    const part = isObject(time) ? time.get(key) : undefined;
    return isNumber(part) ? Number(part.text) : NaN;
  }) as [number, number];
  // QEMU tells -1 where it does not know, and tests print 0.
  return seconds > 0 && micros >= 0 ? seconds * 1e6 + micros : undefined;
}
