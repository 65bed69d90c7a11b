/**
 * Where a JSON value in a line begins and ends, by its brackets and strings alone: what follows it (`--`, prose,
 * another record) is no part of the message. A value may go on over several lines.
 */

/** Deeper than QEMU itself reads. */
const maximumDepth = 4096;

/** Looks for the end of one value, line after line. */
export class ValueEnd {
  #depth = 0;
  /** The quote of the string that it is in; 0 outside of strings. */
  #quote = 0;
  #escaped = false;

  /** Whether a line's end came inside a string, where no value can go on. */
  get isTorn(): boolean {
    return this.#quote !== 0 || this.#depth > maximumDepth;
  }

  /** The place after the value's last bracket; undefined if it goes on in the next line. */
  find(text: string, from = 0): number | undefined {
    for (let at = from; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      if (this.#escaped) this.#escaped = false;
      else if (this.#quote !== 0) {
        if (unit === 0x5c) this.#escaped = true;
        else if (unit === this.#quote) this.#quote = 0;
      } else if (unit === 0x22 || unit === 0x27) this.#quote = unit;
      else if (unit === 0x7b || unit === 0x5b) this.#depth += 1;
      else if (unit === 0x7d || unit === 0x5d) {
        this.#depth -= 1;
        if (this.#depth <= 0) return at + 1;
      }
    }
    return undefined;
  }
}

/** The end of a value that begins at `from` and ends in the same text. */
export function valueEnd(text: string, from: number): number | undefined {
  return new ValueEnd().find(text, from);
}

/**
 * Whether a text is one whole value of standard JSON. Much faster than QEMU's rules, which take some more
 * (single quotes, `inf`) and refuse a few.
 */
export function isStandardJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Where an object that may be a message begins: a brace, and after it a member, its end or the line's. */
export function objectStart(text: string, from = 0): number {
  for (let at = text.indexOf('{', from); at >= 0; at = text.indexOf('{', at + 1)) {
    if (/^\{\s*(?:["'}]|$)/.test(text.slice(at, at + 64))) return at;
  }
  return -1;
}
