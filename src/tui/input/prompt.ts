/** The line at the bottom in which something is typed, and the line over it that says what is wrong. */
import { UsageError } from '../../errors.js';
import { cut, fitting, type Line, plain } from '../screen/line.js';
import { LineEditor } from './line-editor.js';

export interface PromptOptions {
  /** In front of the text: `/`, `note: `. */
  readonly label: string;
  readonly text?: string;
  readonly history?: readonly string[];
  /** Called on every change; a UsageError that it throws is shown under the wrong character. */
  readonly changed?: (text: string) => void;
  /** Called at Enter, unless `changed` refuses the text. */
  readonly done: (text: string) => void;
  readonly cancelled?: () => void;
  /** What could stand in place of the text between `from` and `to`. */
  readonly complete?: (text: string, cursor: number) => Completions;
}

export interface Completions {
  readonly from: number;
  readonly to: number;
  readonly items: readonly { readonly text: string; readonly help: string }[];
}

export class Prompt {
  readonly #options: PromptOptions;
  readonly #editor: LineEditor;
  #error: UsageError | undefined;
  #hint = '';

  constructor(options: PromptOptions) {
    this.#options = options;
    this.#editor = new LineEditor(options.text ?? '', options.history);
  }

  get text(): string {
    return this.#editor.text;
  }

  /** `character`: what the key types. True: the prompt is over. */
  key(name: string, character: string | undefined): boolean {
    const before = this.text;
    this.#hint = '';
    if (name === 'escape' || name === 'C-c' || name === 'C-g') {
      this.#options.cancelled?.();
      return true;
    }
    if (name === 'enter') return this.#finish();
    if (name === 'tab') this.#complete();
    else if (!this.#editor.key(name) && character !== undefined) this.#editor.insert(character);
    if (this.text !== before) this.#check();
    return false;
  }

  /** Two lines, and where in the second the cursor stands. */
  draw(width: number): { readonly lines: readonly [Line, Line]; readonly column: number } {
    const { label } = this.#options;
    const before = label.length + fitting(this.text.slice(0, this.#editor.cursor)).length;
    const shift = Math.max(0, before - width + 1);
    const text = (label + fitting(this.text)).slice(shift);
    return {
      lines: [this.#above(width, shift), plain(cut(text, width))],
      column: before - shift,
    };
  }

  #above(width: number, shift: number): Line {
    const error = this.#error;
    if (error === undefined) return plain(cut(this.#hint, width), 'dim');
    const at = fitting(this.text.slice(0, error.column ?? 0)).length + this.#options.label.length - shift;
    const { reason, remedy } = error;
    const why = fitting(remedy === undefined ? reason : `${reason}; ${remedy}`);
    // The reason is shown beside the caret, on the side where there is room.
    const caret = Math.max(0, Math.min(at, width - 1));
    const right = `${' '.repeat(caret)}^ ${why}`;
    const left = `${why} ^`.padStart(caret + 1);
    return plain(right.length <= width || why.length + 2 > caret ? cut(right, width) : left, 'warning');
  }

  #finish(): boolean {
    this.#check();
    if (this.#error !== undefined) return false;
    this.#options.done(this.text);
    return true;
  }

  #check(): void {
    this.#error = undefined;
    try {
      this.#options.changed?.(this.text);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      this.#error = error;
    }
  }

  #complete(): void {
    const found = this.#options.complete?.(this.text, this.#editor.cursor);
    const [first] = found?.items ?? [];
    if (found === undefined || first === undefined) return;
    const common = found.items.reduce((prefix, { text }) => commonStart(prefix, text), first.text);
    const typed = this.text.slice(found.from, found.to);
    if (common.length > typed.length || found.items.length === 1) {
      const text = this.text.slice(0, found.from) + common + this.text.slice(found.to);
      this.#editor.set(text, found.from + common.length);
    }
    this.#hint =
      found.items.length === 1
        ? `${first.text}  ${first.help}`
        : found.items.map(({ text }) => text).join('  ');
  }
}

function commonStart(a: string, b: string): string {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return a.slice(0, length);
}
