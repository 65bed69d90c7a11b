/** What is removed: the token for each secret, and how often it was for what reason. */
import { printQmp } from '../json/print.js';
import type { FoundSecret } from './find/found-secret.js';
import { KnownSecrets } from './known/known-secrets.js';
import { holdsToken, type TokenForm } from './redaction-token.js';

/** What was removed, by what it was. */
export interface Removed {
  readonly what: string;
  readonly count: number;
}

/** A value of a message. */
export interface MessageValue {
  /** A string's content; undefined for other values. */
  readonly text: string | undefined;
  /** The beginning of how it is spelled. */
  readonly spelled: () => string;
}

/** Why a value is a secret. */
export interface Reason {
  readonly what: string;
  readonly form?: TokenForm | undefined;
  /** Not looked for in other messages. */
  readonly local?: boolean | undefined;
}

/** A password that is switched on or off is told as such. */
const switches = /^(?:on|off|yes|no|true|false|null)$/;

export class Removals {
  readonly known = new KnownSecrets();
  readonly #counts = new Map<string, number>();
  #counting = true;

  /** Runs an action without counting what it removes: the same removals are counted later. */
  quietly(action: () => void): void {
    this.#counting = false;
    action();
    this.#counting = true;
  }

  count(what: string, count = 1): void {
    if (this.#counting) this.#counts.set(what, (this.#counts.get(what) ?? 0) + count);
  }

  /** What was removed so far, the most frequent first. */
  list(): Removed[] {
    return Array.from(this.#counts, ([what, count]) => ({ what, count })).sort((a, b) => b.count - a.count);
  }

  /** JSON text in the place of a value that is a secret, of the same type; undefined to leave it. */
  value({ text, spelled }: MessageValue, { what, form = 'text', local = false }: Reason): string | undefined {
    if (text === undefined) {
      const old = spelled();
      if (old === 'null' || holdsToken(old)) return undefined;
      this.count(what);
      return old === 'true' || old === 'false' ? 'false' : this.known.number(old, !local);
    }
    if (text === '' || this.known.isToken(text)) return undefined;
    this.count(what);
    return printQmp(this.known.token(text, form, !local));
  }

  /** What stands in the place of a secret in a text. */
  readonly hide = ({ text, what, form = 'text', core }: FoundSecret): string => {
    if (text === '' || this.known.isToken(text)) return text;
    if (form === 'number' ? holdsToken(text) : switches.test(text)) return text;
    this.count(what);
    if (form === 'number') return this.known.number(text, true);
    const token = this.known.token(text, form, true);
    if (core !== undefined && !this.known.isToken(core)) this.known.token(core, 'text', true);
    return token;
  };
}
