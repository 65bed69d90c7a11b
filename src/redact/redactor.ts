/**
 * Takes secrets out of messages: by the declared rules, by the user's, and wherever else a secret that was
 * found so is repeated. Only a secret's own bytes change; all others stay as they came.
 */
import { type Extent, scanValues } from '../json/extents.js';
import { type Path, type Step, matchPath, parsePath } from '../json/path.js';
import { frameProblem } from '../json/parse.js';
import { printQmp } from '../json/print.js';
import { classifyClient, classifyServer } from '../qmp/message.js';
import type { Anonymiser } from './anonymise/anonymiser.js';
import { blank, BrokenFrames, latin1 } from './broken-frames.js';
import { compileGlob } from '../text/glob.js';
import { KnownSecrets } from './known/known-secrets.js';
import type { NewMessage } from '../recording/ports.js';
import type { Peer, Session, SessionStart } from '../recording/session.js';
import { type FoundSecret, replaceParts } from './find/found-secret.js';
import { hmpParts } from './find/hmp.js';
import { JsonSecrets } from './find/json-secrets.js';
import { hideInText } from './find/nested-text.js';
import { hideInCommandLine } from './find/qemu-arguments.js';
import { type RedactionRule, redactionRules } from './redaction-rules.js';
import { holdsToken, type TokenForm } from './redaction-token.js';
import { compileTextSearch } from '../text/text-search.js';
import { appliesTo, commandLine, parsedObject, type SecretAnswer, SecretAnswers } from './secret-answers.js';
import { secretWords } from './find/secret-names.js';
import { escapeMark } from './known/spelling.js';
import { type UserRules, noUserRules } from './user-rules.js';

/** What was removed, by what it was. */
export interface Removed {
  readonly what: string;
  readonly count: number;
}

/** What a redactor needs of a message. */
export type Redactable = Pick<
  NewMessage,
  'session' | 'seq' | 'dir' | 'kind' | 'name' | 'command' | 'replyTo' | 'late' | 'raw'
>;

/** What a redactor changes of a session. */
export type RedactableSession = Pick<SessionStart, 'label' | 'client' | 'server'> &
  Partial<Pick<Session, 'notes' | 'endReason' | 'version'>>;

interface Compiled {
  readonly rule: RedactionRule;
  readonly path: Path;
  readonly fits: (name: string) => boolean;
}

/** Why a value of a message may be a secret. */
interface Reasons {
  readonly rules: readonly Compiled[];
  readonly awaited: SecretAnswer | undefined;
  readonly named: JsonSecrets;
}

/** A value of the message and what comes in its place. */
interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A member that QAPI may have: a password can be `status`, and the protocol has to stay what it is. */
const qapiName = /^[a-z][a-z0-9]*(?:[_-][a-z0-9]+)*$|^QMP$/;

/** A password that is switched on or off is told as such. */
const switches = /^(?:on|off|yes|no|true|false|null)$/;

const deep: Path = [{ kind: 'deep' }];
const encoder = new TextEncoder();

export class Redactor {
  readonly #rules: readonly Compiled[];
  readonly #user: UserRules;
  readonly #anonymiser: Anonymiser | undefined;
  readonly #byName = new Map<string, readonly Compiled[]>();
  readonly #known = new KnownSecrets();
  readonly #broken: BrokenFrames;
  readonly #hints = [...secretWords, escapeMark].map(compileTextSearch);
  readonly #answers = new SecretAnswers();
  readonly #removed = new Map<string, number>();
  #counts = true;

  /** `anonymiser`: also replaces what tells whose recording it is. */
  constructor(user: UserRules = noUserRules, anonymiser?: Anonymiser) {
    this.#user = user;
    this.#anonymiser = anonymiser;
    this.#rules = redactionRules.map((rule) => ({
      rule,
      path: [...parsePath(rule.path), ...deep],
      fits: compileGlob(rule.of),
    }));
    this.#broken = new BrokenFrames(this.#known);
  }

  /** Learns the secrets of a message, so that they are also found in messages before it. */
  learn(message: Redactable): void {
    this.#counts = false;
    this.#anonymiser?.learn(message);
    this.bytes(message);
    this.#counts = true;
  }

  /** A text that is no message without the secrets in it: a note, a label, an address. */
  text(text: string): string {
    const safe = hideInCommandLine(text, this.#token) ?? hideInText(text, this.#token);
    const { text: clean, count } = this.#known.replaceIn(safe);
    if (count > 0) this.#count('a secret found elsewhere', count);
    return this.#anonymous(clean);
  }

  /** Learns the secrets of what is told of a session. */
  learnSession(session: RedactableSession): void {
    this.#counts = false;
    const { label, client, server, notes = [], endReason = '' } = session;
    if (label !== undefined) this.#anonymiser?.learnName(label, 'vm');
    for (const text of [client.address, server.address, endReason, ...notes])
      this.#anonymiser?.learnText(text);
    this.session(session);
    this.#counts = true;
  }

  /** The session without the secrets in its texts: QEMU's arguments in a note, a label, an address. */
  session<T extends RedactableSession>(session: T): T {
    const text = <U extends string | undefined>(value: U): U | string => value && this.text(value);
    const peer = (one: Peer): Peer => ({
      ...one,
      address: this.text(one.address),
      program: text(one.program),
    });
    const { label, client, server, notes, endReason, version } = session;
    return {
      ...session,
      label: text(label),
      client: peer(client),
      server: peer(server),
      ...(notes && { notes: notes.map((note) => this.text(note)) }),
      ...(endReason !== undefined && { endReason: text(endReason) }),
      ...(version && { version: { ...version, package: text(version.package) } }),
    };
  }

  /** The message without its secrets; itself, if it has none. */
  message<T extends NewMessage>(message: T): T {
    const raw = this.bytes(message);
    const command = message.command === undefined ? undefined : this.#known.replaceIn(message.command).text;
    if (raw === message.raw && command === message.command) return message;
    if (message.kind === 'partial' || message.kind === 'sync') return { ...message, raw, command };
    const { name, id, problem } =
      message.dir === 'c2s' ? classifyClient(raw, undefined) : classifyServer(raw, undefined);
    // Why a message was malformed quotes it.
    const told = message.kind === 'malformed' ? (problem ?? 'redacted') : message.problem;
    return { ...message, raw, command, name, id, problem: told };
  }

  /** The frame's bytes without its secrets; the same array, if it has none. */
  bytes(message: Redactable): Uint8Array {
    const { raw, kind, name } = message;
    if (kind === 'malformed' || kind === 'partial' || kind === 'sync') return this.#brokenBytes(message);
    const rules = this.#rulesFor(message);
    if (kind === 'command') this.#answers.ask(message);
    const isAnswer = kind === 'success' || kind === 'error';
    const awaited = isAnswer ? this.#answers.of(message) : undefined;
    const hinted = this.#hints.some((found) => found(raw)) || this.#known.mayBeIn(raw) || this.#user.any;
    const isHmp = kind === 'command' && name === 'human-monitor-command';
    const isPlain = rules.length === 0 && awaited === undefined && !isHmp && !hinted;
    if (isPlain && this.#anonymiser === undefined) return raw;
    if (frameProblem(raw, { nonFinite: true }) !== undefined) return this.#brokenBytes(message);
    const whole = rules.some(({ rule }) => rule.when) ? parsedObject(raw) : undefined;
    const active = rules.filter(({ rule }) => !rule.properties && appliesTo(rule, whole));
    const named = new JsonSecrets(
      raw,
      rules.some(({ rule }) => rule.properties),
    );
    const edits: Edit[] = [];
    const edit = ({ start, end }: Extent, replaced: string | undefined): void => {
      if (replaced !== undefined) edits.push({ start, end, text: replaced });
    };
    scanValues(
      raw,
      (steps, value) => {
        const spelled = (): string => ascii(raw.subarray(value.start, value.end));
        edit(value, this.#replace(message, { rules: active, awaited, named }, steps, value.text, spelled));
      },
      (name) => {
        if (name.text !== undefined && !qapiName.test(name.text)) {
          edit(name, this.#replaceKnown(name.text, name.text, true));
        }
      },
    );
    return edits.length === 0 ? raw : edited(raw, edits);
  }

  /** Garbage that came after its frame: nobody knows where in it a secret may be, so all of it goes. */
  trailer(bytes: Uint8Array): Uint8Array {
    return blank(bytes);
  }

  /** What was removed so far, the most frequent first. */
  removed(): Removed[] {
    return Array.from(this.#removed, ([what, count]) => ({ what, count })).sort((a, b) => b.count - a.count);
  }

  /** JSON text for a value, or undefined to leave it. */
  #replace(
    message: Redactable,
    { rules, awaited, named }: Reasons,
    steps: readonly Step[],
    text: string | undefined,
    spelled: () => string,
  ): string | undefined {
    if (steps.length === 1 && (steps[0] === 'execute' || steps[0] === 'exec-oob' || steps[0] === 'event')) {
      return text === undefined ? undefined : this.#replaceKnown(text, text, false); // a name: no rule is about it
    }
    const byName = named.what(steps, text);
    const rule = rules.find(({ path }) => matchPath(path, steps))?.rule;
    if (rule !== undefined)
      return this.#hide(rule.what, text, spelled, rule.form ?? 'text', rule.local !== true);
    if (awaited !== undefined && (steps[0] === 'return' || steps.at(-1) === 'desc')) {
      return this.#hide(awaited.what, text, spelled, awaited.form, false);
    }
    if (byName !== undefined) {
      // `"password": true` only says that there is one.
      return text === undefined && !/^-?\d/.test(spelled())
        ? undefined
        : this.#hide(byName, text, spelled, 'text', true);
    }
    const wanted = this.#user.find(steps, text);
    if (wanted !== undefined) return this.#hide(wanted, text, spelled, 'text', true);
    return text === undefined ? undefined : this.#replaceParts(message, steps, text);
  }

  #hide(
    what: string,
    text: string | undefined,
    spelled: () => string,
    form: TokenForm,
    remember: boolean,
  ): string | undefined {
    if (text === undefined) {
      const old = spelled();
      if (old === 'null' || holdsToken(old)) return undefined;
      this.#count(what);
      return old === 'true' || old === 'false' ? 'false' : this.#known.number(old);
    }
    if (text === '' || (holdsToken(text) && this.#known.isToken(text))) return undefined;
    this.#count(what);
    return printQmp(this.#known.token(text, form, remember));
  }

  #replaceParts(message: Redactable, steps: readonly Step[], text: string): string | undefined {
    const isHmp =
      message.kind === 'command' && message.name === 'human-monitor-command' && matchPath(commandLine, steps);
    const safe = isHmp ? replaceParts(text, hmpParts(text), this.#token) : text;
    return this.#replaceKnown(text, hideInText(safe, this.#token), true);
  }

  /** What stands in the place of a secret in a text. */
  readonly #token = ({ text, what, form = 'text', core }: FoundSecret): string => {
    if (text === '' || this.#known.isToken(text)) return text;
    if (form === 'number' ? holdsToken(text) : switches.test(text)) return text;
    this.#count(what);
    if (form === 'number') return this.#known.number(text);
    const token = this.#known.token(text, form, true);
    if (core !== undefined && !this.#known.isToken(core)) this.#known.token(core, 'text', true);
    return token;
  };

  #replaceKnown(text: string, partly: string, anonymise: boolean): string | undefined {
    const { text: clean, count } = this.#known.replaceIn(partly);
    if (count > 0) this.#count('a secret found elsewhere', count);
    const safe = anonymise ? this.#anonymous(clean) : clean;
    return safe === text ? undefined : printQmp(safe);
  }

  #anonymous(text: string): string {
    const safe = this.#anonymiser?.text(text) ?? text;
    if (safe !== text) this.#count('a text that tells whose recording it is');
    return safe;
  }

  #rulesFor({ kind, name, command }: Redactable): readonly Compiled[] {
    const place = kind === 'command' || kind === 'event' ? kind : 'response';
    const of = place === 'response' ? command : name;
    const key = `${place} ${of ?? ''}`;
    let rules = this.#byName.get(key);
    if (rules === undefined) {
      rules = this.#rules.filter(({ rule, fits }) => rule.in === place && fits(of ?? ''));
      if (this.#byName.size < 4096) this.#byName.set(key, rules);
    }
    return rules;
  }

  #brokenBytes({ session, seq, raw }: Redactable): Uint8Array {
    const masked = this.#broken.mask(raw);
    if (masked !== undefined) {
      // QEMU's error quotes what it could not read.
      this.#answers.expect(session, seq, { what: 'what QEMU quotes of it', form: 'text' });
      this.#count('a broken message that names a secret');
    }
    const parts = this.#anonymiser?.parts(latin1(masked ?? raw)) ?? [];
    if (parts.length === 0) return masked ?? raw;
    const blanked = (masked ?? raw).slice();
    for (const { start, end } of parts) blanked.set(blank(blanked.subarray(start, end)), start);
    return blanked;
  }

  #count(what: string, count = 1): void {
    if (this.#counts) this.#removed.set(what, (this.#removed.get(what) ?? 0) + count);
  }
}

function ascii(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes.subarray(0, 64));
}

function edited(raw: Uint8Array, edits: readonly Edit[]): Uint8Array {
  const pieces: Uint8Array[] = [];
  let at = 0;
  for (const { start, end, text } of edits) {
    pieces.push(raw.subarray(at, start), encoder.encode(text));
    at = end;
  }
  pieces.push(raw.subarray(at));
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let place = 0;
  for (const piece of pieces) {
    whole.set(piece, place);
    place += piece.length;
  }
  return whole;
}
