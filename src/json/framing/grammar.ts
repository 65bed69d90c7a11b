/**
 * The grammar of JSON a token at a time, as QEMU since 11.1 checks it while a message comes in: says which
 * token is the first that cannot stand where it stands, and what was expected there.
 */
import { type Token, token } from '../lexer.js';
import { invalidKeyword, keywords } from '../parse.js';
import { ascii, decodeString } from '../string.js';

/** What may come next. */
type Expecting =
  'value' | 'element or ]' | 'key or }' | 'key' | 'colon' | 'comma or }' | 'comma or ]' | 'nothing';

const expected: Readonly<Record<Expecting, string>> = {
  value: 'expecting value',
  'element or ]': 'expecting value',
  'key or }': 'expecting key',
  key: 'expecting key',
  colon: "expecting ':'",
  'comma or }': "expected ',' or '}'",
  'comma or ]': "expected ',' or ']'",
  nothing: 'expecting at most one JSON value',
};

/** An array that is open, or an object, with the keys whose values are complete and the one whose value comes. */
type Open = 'array' | { readonly seen: Set<string>; key: string };

/** Can be cloned structurally. */
export interface GrammarState {
  readonly expecting: Expecting;
  readonly open: readonly ('array' | { readonly seen: readonly string[]; readonly key: string })[];
}

export class Grammar {
  #expecting: Expecting = 'value';
  #open: Open[] = [];

  constructor(saved?: GrammarState) {
    if (saved === undefined) return;
    this.#expecting = saved.expecting;
    this.#open = saved.open.map((one) => (one === 'array' ? one : { seen: new Set(one.seen), key: one.key }));
  }

  save(): GrammarState {
    return {
      expecting: this.#expecting,
      open: this.#open.map((one) => (one === 'array' ? one : { seen: [...one.seen], key: one.key })),
    };
  }

  /** A message begins with the next token. */
  begin(): void {
    this.#expecting = 'value';
    if (this.#open.length > 0) this.#open = [];
  }

  /**
   * Takes the message's next token; `text` gives its bytes. Gives why it is refused, in QEMU's words, or
   * undefined. Not to be called again for a message in which a token was refused.
   */
  take(found: Token, text: () => Uint8Array): string | undefined {
    switch (this.#expecting) {
      case 'element or ]':
        if (found === token.closeBracket) return this.#close();
        return this.#value(found, text);
      case 'value':
        return this.#value(found, text);
      case 'key or }':
        if (found === token.closeBrace) return this.#close();
        return this.#key(found, text);
      case 'key':
        return this.#key(found, text);
      case 'colon':
        return this.#step(found === token.colon, 'value');
      case 'comma or }':
        if (found === token.closeBrace) return this.#close();
        return this.#step(found === token.comma, 'key');
      case 'comma or ]':
        if (found === token.closeBracket) return this.#close();
        return this.#step(found === token.comma, 'value');
      case 'nothing':
        return expected.nothing;
    }
  }

  #step(fits: boolean, next: Expecting): string | undefined {
    if (!fits) return expected[this.#expecting];
    this.#expecting = next;
    return undefined;
  }

  #key(found: Token, text: () => Uint8Array): string | undefined {
    const object = this.#open.at(-1);
    if (found !== token.string || object === undefined || object === 'array')
      return expected[this.#expecting];
    const key = stringOf(text());
    if (typeof key !== 'string') return key.reason;
    object.key = key;
    this.#expecting = 'colon';
    return undefined;
  }

  #value(found: Token, text: () => Uint8Array): string | undefined {
    switch (found) {
      case token.openBrace:
        this.#open.push({ seen: new Set(), key: '' });
        this.#expecting = 'key or }';
        return undefined;
      case token.openBracket:
        this.#open.push('array');
        this.#expecting = 'element or ]';
        return undefined;
      case token.string: {
        const value = stringOf(text());
        return typeof value === 'string' ? this.#complete() : value.reason;
      }
      case token.number:
        return this.#complete();
      case token.keyword: {
        const bytes = text();
        const word = ascii(bytes, 0, bytes.length);
        return keywords.has(word) ? this.#complete() : invalidKeyword(word);
      }
      case token.closeBrace:
      case token.closeBracket:
      case token.colon:
      case token.comma:
      case token.none:
      case token.error:
      case token.oversized:
        return expected[this.#expecting];
    }
  }

  #close(): string | undefined {
    this.#open.pop();
    return this.#complete();
  }

  /** A value is complete. That its key was there before is told only now. */
  #complete(): string | undefined {
    const around = this.#open.at(-1);
    if (around === undefined) this.#expecting = 'nothing';
    else if (around === 'array') this.#expecting = 'comma or ]';
    else if (around.seen.has(around.key)) return 'duplicate key';
    else {
      around.seen.add(around.key);
      this.#expecting = 'comma or }';
    }
    return undefined;
  }
}

function stringOf(bytes: Uint8Array): ReturnType<typeof decodeString> {
  return decodeString(bytes, 0, bytes.length);
}
