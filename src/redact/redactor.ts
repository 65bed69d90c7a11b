/**
 * Removes secrets from messages and from the data of a session: those that are declared as such, and every
 * repetition of one. Only a secret's own bytes change; all others stay as they came.
 */
import { frameProblem } from '../json/parse.js';
import { printQmp } from '../json/print.js';
import { classifyClient, classifyServer } from '../qmp/message.js';
import type { NewMessage } from '../recording/ports.js';
import type { Peer, Session, SessionStart } from '../recording/session.js';
import { commandLine, parseCommandLine } from '../text/command-line.js';
import type { Anonymiser } from './anonymise/anonymiser.js';
import { blank, BrokenFrames, latin1 } from './broken-frames.js';
import { DeclaredSecrets, type Redactable } from './declared-secrets.js';
import { type Edit, editStrings, isMessageName } from './edits.js';
import { hideInText } from './find/nested-text.js';
import { hideInCommandLine } from './find/qemu-arguments.js';
import { Removals, type Removed } from './removals.js';
import { SecretAnswers } from './secret-answers.js';
import { noUserRules, type UserRules } from './user-rules.js';

/** What a redactor changes of a session. */
export type RedactableSession = Pick<SessionStart, 'label' | 'client' | 'server'> &
  Partial<Pick<Session, 'notes' | 'endReason' | 'version'>>;

export class Redactor {
  readonly #user: UserRules;
  readonly #anonymiser: Anonymiser | undefined;
  readonly #removals = new Removals();
  readonly #answers = new SecretAnswers();
  readonly #declared: DeclaredSecrets;
  readonly #broken = new BrokenFrames(this.#removals.known);

  /** `anonymiser`: also replaces names, paths and addresses. */
  constructor(user: UserRules = noUserRules, anonymiser?: Anonymiser) {
    this.#user = user;
    this.#anonymiser = anonymiser;
    this.#declared = new DeclaredSecrets(user, this.#answers, this.#removals);
  }

  /** Learns the secrets of a message, so that they are also found in messages before it. */
  learn(message: Redactable): void {
    this.#anonymiser?.learn(message);
    this.#removals.quietly(() => this.bytes(message));
  }

  /** Learns the secrets in the data of a session. */
  learnSession(session: RedactableSession): void {
    const { label, client, server, notes = [], endReason = '' } = session;
    if (label !== undefined) this.#anonymiser?.learnName(label, 'vm');
    for (const text of [client.address, server.address, endReason, ...notes])
      this.#anonymiser?.learnText(text);
    this.#removals.quietly(() => this.session(session));
  }

  /** What was removed so far, the most frequent first. */
  removed(): Removed[] {
    return this.#removals.list();
  }

  /** How many bytes were looked at for known secrets, in all texts so far. */
  get steps(): number {
    return this.#removals.known.steps;
  }

  /** Any other text without its secrets: a note, a label, an address. */
  text(text: string): string {
    const { hide, known } = this.#removals;
    const safe = this.#byUserRules(hideInCommandLine(text, hide) ?? hideInText(text, hide));
    const { text: clean, count } = known.replaceIn(safe);
    if (count > 0) this.#removals.count('a secret found elsewhere', count);
    return this.#anonymous(clean);
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
    const { known } = this.#removals;
    const raw = this.bytes(message);
    const command = message.command === undefined ? undefined : known.replaceIn(message.command).text;
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
    const { raw, kind } = message;
    if (kind === 'malformed' || kind === 'partial' || kind === 'sync') return this.#brokenBytes(message);
    const declared = this.#declared.redactionOf(message);
    if (declared === undefined && this.#anonymiser === undefined && !this.#removals.known.mayBeIn(raw))
      return raw;
    if (frameProblem(raw, { nonFinite: true }) !== undefined) return this.#brokenBytes(message);
    // What the message declares may stand in it a second time, so what is known is looked for after that.
    return this.#anonymousBytes(this.#repeated(declared?.(raw) ?? raw));
  }

  /** Garbage that came after its frame: a secret may be anywhere in it, so all of it is removed. */
  trailer(bytes: Uint8Array): Uint8Array {
    return blank(bytes);
  }

  /** A pattern removes the whole string in which it is found: of a command line, the word. */
  #byUserRules(text: string): string {
    const hideMatching = (one: string): string => {
      const what = this.#user.find([], one);
      return what === undefined ? one : this.#removals.hide({ text: one, what });
    };
    if (this.#user.find([], text) === undefined) return text;
    const words = parseCommandLine(text);
    const isCommandLine = words?.some((word) => /^--?[a-z]/.test(word)) === true;
    return hideMatching(isCommandLine ? commandLine(words.map(hideMatching)) : text);
  }

  /** The frame without the secrets that are known. */
  #repeated(raw: Uint8Array): Uint8Array {
    const { known } = this.#removals;
    const places = known.find(raw);
    if (places.length === 0) return raw;
    let at = 0;
    return editStrings(raw, (text, { start, end }) => {
      while ((places[at]?.end ?? Infinity) <= start) at += 1;
      const edits: Edit[] = [];
      for (let place = places[at]; place !== undefined && place.start < end; place = places[at]) {
        // A match that reaches beyond the string is not a secret of it, and may hide one that is.
        if (place.start <= start || place.end >= end) return this.#repeatedIn(text, start, end);
        edits.push({ start: place.start, end: place.end, text: place.token });
        at += 1;
      }
      if (edits.length > 0) this.#removals.count('a secret found elsewhere', edits.length);
      return edits;
    });
  }

  #repeatedIn(text: string, start: number, end: number): Edit[] {
    const { text: clean, count } = this.#removals.known.replaceIn(text);
    if (count === 0) return [];
    this.#removals.count('a secret found elsewhere', count);
    return [{ start, end, text: printQmp(clean) }];
  }

  #anonymousBytes(raw: Uint8Array): Uint8Array {
    if (this.#anonymiser === undefined) return raw;
    return editStrings(raw, (text, { start, end }, steps) => {
      const safe = steps !== undefined && isMessageName(steps) ? text : this.#anonymous(text);
      return safe === text ? [] : [{ start, end, text: printQmp(safe) }];
    });
  }

  #anonymous(text: string): string {
    const safe = this.#anonymiser?.text(text) ?? text;
    if (safe !== text) this.#removals.count('a text that tells whose recording it is');
    return safe;
  }

  #brokenBytes({ session, seq, raw }: Redactable): Uint8Array {
    const masked = this.#broken.mask(raw);
    if (masked !== undefined) {
      // QEMU's error quotes what it could not read.
      this.#answers.expect(session, seq, { what: 'what QEMU quotes of it', form: 'text' });
      this.#removals.count('a broken message that names a secret');
    }
    const parts = this.#anonymiser?.parts(latin1(masked ?? raw)) ?? [];
    if (parts.length === 0) return masked ?? raw;
    const blanked = (masked ?? raw).slice();
    for (const { start, end } of parts) blanked.set(blank(blanked.subarray(start, end)), start);
    return blanked;
  }
}
