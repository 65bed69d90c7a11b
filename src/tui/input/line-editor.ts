/** One line of text being typed: a cursor, the usual keys, and a history. */

export class LineEditor {
  #text = '';
  #cursor = 0;
  readonly #history: readonly string[];
  /** Place in the history; its length: the new text. */
  #place: number;
  #draft = '';

  /** `history`: the oldest first. */
  constructor(text: string, history: readonly string[] = []) {
    this.#history = history;
    this.#place = history.length;
    this.set(text);
  }

  get text(): string {
    return this.#text;
  }

  /** In UTF-16 units. */
  get cursor(): number {
    return this.#cursor;
  }

  set(text: string, cursor: number = text.length): void {
    this.#text = text;
    this.#cursor = cursor;
  }

  insert(text: string): void {
    const { before, after } = this.#parts();
    this.set(before + text + after, before.length + text.length);
  }

  /** False: the key means nothing here. */
  key(name: string): boolean {
    const { before, after } = this.#parts();
    switch (name) {
      case 'left':
      case 'C-b':
        this.#cursor -= lastOf(before).length;
        return true;
      case 'right':
      case 'C-f':
        this.#cursor += firstOf(after).length;
        return true;
      case 'home':
      case 'C-a':
        this.#cursor = 0;
        return true;
      case 'end':
      case 'C-e':
        this.#cursor = this.#text.length;
        return true;
      case 'backspace':
      case 'C-h':
        this.set(
          before.slice(0, before.length - lastOf(before).length) + after,
          before.length - lastOf(before).length,
        );
        return true;
      case 'delete':
      case 'C-d':
        this.set(before + after.slice(firstOf(after).length), before.length);
        return true;
      case 'C-u':
        this.set(after, 0);
        return true;
      case 'C-k':
        this.set(before);
        return true;
      case 'C-w': {
        const kept = before.replace(/\S*\s*$/, '');
        this.set(kept + after, kept.length);
        return true;
      }
      case 'up':
      case 'C-p':
        this.#turn(-1);
        return true;
      case 'down':
      case 'C-n':
        this.#turn(1);
        return true;
      default:
        return false;
    }
  }

  #turn(by: 1 | -1): void {
    const place = this.#place + by;
    if (place < 0 || place > this.#history.length) return;
    if (this.#place === this.#history.length) this.#draft = this.#text;
    this.#place = place;
    this.set(this.#history[place] ?? this.#draft);
  }

  #parts(): { readonly before: string; readonly after: string } {
    return { before: this.#text.slice(0, this.#cursor), after: this.#text.slice(this.#cursor) };
  }
}

/** Whole characters, also those of two units. */
function lastOf(text: string): string {
  return /[\ud800-\udbff][\udc00-\udfff]$|[^]$/.exec(text)?.[0] ?? '';
}

function firstOf(text: string): string {
  return /^[\ud800-\udbff][\udc00-\udfff]|^[^]/.exec(text)?.[0] ?? '';
}
