/**
 * The terminal, through blessed: the only file that knows it. Takes whole screens as lines and gives keys,
 * clicks and sizes. Whatever happens, `close` gives the terminal back as it was.
 */
import { Buffer } from 'node:buffer';
import type { ReadStream, WriteStream } from 'node:tty';
import blessed from 'blessed';
import { asciiText, isAsciiOnly } from '../../text/ascii.js';
import { keyName } from '../input/keymap.js';

/** Where a click or a turn of the wheel was; rows and columns count from 0. */
export interface Click {
  readonly action: 'click' | 'wheelUp' | 'wheelDown';
  readonly row: number;
  readonly column: number;
}

export interface TerminalEvents {
  /** `name` as in the keymap; `character` is what it types, if anything. */
  readonly key: (name: string, character: string | undefined) => void;
  readonly click: (click: Click) => void;
  readonly resize: () => void;
}

export interface TerminalOptions {
  readonly input: ReadStream;
  readonly output: WriteStream;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * The terminal type that blessed is given. All relevant terminals understand xterm's sequences, tmux and screen too,
 * whose own descriptions blessed cannot read without complaints; the Linux console differs.
 */
const descriptionOf = (term: string | undefined): string => (term === 'linux' ? 'linux' : 'xterm-256color');
/** The limit of a terminal's clipboard (1 MB in xterm and tmux), after base64. */
const mostCopied = 700_000;

export class Terminal {
  readonly #screen: blessed.Widgets.Screen;
  readonly #box: blessed.Widgets.BoxElement;
  readonly #input: ReadStream;
  readonly #output: WriteStream;
  /** The terminal's character set has no more. */
  readonly #ascii: boolean;
  #closed = false;

  constructor({ input, output, env }: TerminalOptions, events: TerminalEvents) {
    this.#input = input;
    this.#output = output;
    this.#ascii = isAsciiOnly(env);
    this.#screen = blessed.screen({
      // The types of blessed have the two the other way round.
      ...({ input, output } as object),
      terminal: descriptionOf(env['TERM']),
      smartCSR: false,
      warnings: false,
    });
    this.#box = blessed.box({
      parent: this.#screen,
      top: 0,
      left: 0,
      width: '100%',
      height: '100%',
      wrap: false,
    });
    this.#screen.on('keypress', (character: string | undefined, key: { full: string; sequence?: string }) => {
      const { full, sequence = '' } = key;
      // Blessed tells Enter twice.
      if (full === 'return') return;
      // Escape and the next key, when they come at once; nothing here is bound to Alt.
      const [, after] = /^\u001b([\u001b\u0020-\u007e])$/.exec(sequence) ?? [];
      if (after !== undefined) events.key('escape', undefined);
      const last = after ?? character;
      const name = after === '\u001b' ? 'escape' : keyName(last, full);
      events.key(name, after === undefined ? typed(last, full) : typed(last, name));
    });
    this.#screen.on('mouse', (mouse: { action: string; x: number; y: number }) => {
      const action = clicks[mouse.action];
      if (action !== undefined) events.click({ action, row: mouse.y, column: mouse.x });
    });
    this.#screen.on('resize', events.resize);
  }

  get width(): number {
    return Math.max(1, Number(this.#screen.width));
  }

  get height(): number {
    return Math.max(1, Number(this.#screen.height));
  }

  /** Shows these lines from the top; each is as wide as the screen. */
  draw(lines: readonly string[], cursor?: { readonly row: number; readonly column: number }): void {
    if (this.#closed) return;
    const content = lines.slice(0, this.height).join('\n');
    this.#box.setContent(this.#ascii ? asciiText(content, () => '?') : content);
    this.#screen.render();
    const { program } = this.#screen;
    if (cursor === undefined) {
      program.hideCursor();
    } else {
      program.cup(cursor.row, cursor.column);
      program.showCursor();
    }
    program.flush();
  }

  /** Puts a text into the terminal's clipboard (OSC 52). False: it is too long. */
  copy(bytes: Uint8Array): boolean {
    if (bytes.length > mostCopied) return false;
    this.#output.write(`\u001b]52;c;${Buffer.from(bytes).toString('base64')}\u0007`);
    return true;
  }

  /** Gives the terminal back. May be called again. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    // Before the screen: once the old screen is visible, Ctrl-C works again.
    this.#input.setRawMode(false);
    this.#screen.destroy();
  }
}

const clicks: Readonly<Record<string, Click['action']>> = {
  mousedown: 'click',
  wheelup: 'wheelUp',
  wheeldown: 'wheelDown',
};

/** What a key types: one printable character. */
function typed(character: string | undefined, full: string): string | undefined {
  if (character === undefined || /^[CM]-/.test(full)) return undefined;
  return /^[^\u0000-\u001f\u007f-\u009f]+$/u.test(character) ? character : undefined;
}
