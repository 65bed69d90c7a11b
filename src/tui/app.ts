/**
 * The terminal UI: gives the input router its keys and its time, and draws it. Reads the recording like any other
 * reader, so that nothing in here can touch the traffic. Whatever fails, the terminal is given back.
 */
import { QmptapError } from '../errors.js';
import { InputRouter } from './input/input-router.js';
import { drawFrame } from './screen/frame.js';
import type { SceneOptions } from './scene.js';
import { Terminal, type TerminalOptions } from './screen/terminal.js';
import { Theme, wantsColour } from './screen/theme.js';

export interface UiOptions extends SceneOptions {
  readonly terminal: TerminalOptions;
}

/** A running UI. */
export interface Ui {
  /**
   * Resolves when the user has quit, after the terminal was given back.
   * Rejects with what made it fail, after the terminal was given back as well.
   */
  readonly finished: Promise<void>;
  /** Shows a line to the user, until they do something. */
  say(notice: string): void;
  /** Quits. */
  close(): void;
}

/** How often a growing recording is polled, in milliseconds. */
const pollInterval = 100;
/** How often running timers are drawn anew. */
const timerInterval = 500;
/** Milliseconds between two screens while a search runs. */
const drawInterval = 40;

/**
 * Takes the terminal and shows the recording until the user quits.
 * @throws UsageError if the filter does not parse
 */
export function startUi(options: UiOptions): Ui {
  return new App(options);
}

class App implements Ui {
  readonly finished: Promise<void>;
  readonly #router: InputRouter;
  readonly #theme: Theme;
  readonly #terminal: Terminal;
  #settle: (error?: Error) => void = () => undefined;
  #timer: NodeJS.Timeout | undefined;
  /** `working`: a step of what takes longer is due; `over`: the terminal was given back. */
  #state: 'idle' | 'working' | 'over' = 'idle';
  #drawn = 0;
  #dirty = false;

  constructor(options: UiOptions) {
    this.finished = new Promise((resolve, reject: (reason: Error) => void) => {
      this.#settle = (error) => {
        if (error === undefined) resolve();
        else reject(error);
      };
    });
    this.#theme = new Theme(wantsColour(options.terminal.env));
    this.#router = new InputRouter(options, {
      copy: (bytes) => this.#terminal.copy(bytes),
      quit: () => {
        this.close();
      },
      changed: () => {
        this.#do(() => undefined);
      },
    });
    this.#terminal = new Terminal(options.terminal, {
      key: (name, character) => {
        this.#do(() => {
          this.#router.key(name, character);
        });
      },
      click: (click) => {
        this.#do(() => {
          this.#router.click(click, this.#terminal.width, this.#terminal.height);
        });
      },
      resize: () => {
        this.#do(() => undefined);
      },
    });
    this.#guard(() => {
      this.#draw();
      this.#workSoon();
    });
    this.#schedule();
  }

  say(notice: string): void {
    this.#do(() => {
      this.#router.say(notice);
    });
  }

  close(): void {
    this.#end();
  }

  #end(error?: Error): void {
    if (this.#state === 'over') return;
    this.#state = 'over';
    clearTimeout(this.#timer);
    this.#terminal.close();
    this.#settle(error);
  }

  /** Does something and draws the result. */
  #do(act: () => void): void {
    this.#guard(() => {
      act();
      this.#dirty = true;
      this.#workSoon();
    });
  }

  /** Errors of the user or the system are shown; errors in our code end the UI. */
  #guard(act: () => void): void {
    if (this.#state === 'over') return;
    try {
      act();
    } catch (error) {
      if (error instanceof QmptapError) this.#router.say(error.message);
      else this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    this.#end(error instanceof Error ? error : new Error(String(error)));
  }

  /** Does longer work in steps, and handles keys in between. */
  #workSoon(): void {
    if (this.#state !== 'idle') return;
    this.#state = 'working';
    setImmediate(() => {
      if (this.#state === 'over') return;
      this.#state = 'idle';
      try {
        this.#work();
      } catch (error) {
        // It would only fail again: a recording that cannot be read cannot be shown.
        this.#fail(error);
      }
    });
  }

  #work(): void {
    // Keys that come together, as from a paste, are drawn once.
    if (this.#dirty) this.#draw();
    const more = this.#router.work();
    this.#dirty = more && performance.now() - this.#drawn > drawInterval;
    if (more) this.#workSoon();
    else this.#draw();
  }

  #schedule(): void {
    if (this.#state === 'over' || !this.#router.live) return;
    this.#timer = setTimeout(() => {
      this.#guard(() => {
        const due = performance.now() - this.#drawn > timerInterval;
        if (this.#router.poll() || due) this.#do(() => undefined);
      });
      this.#schedule();
    }, pollInterval);
  }

  #draw(): void {
    if (this.#state === 'over') return;
    const { width, height } = this.#terminal;
    const frame = drawFrame(this.#router.state(width, height), this.#theme);
    this.#terminal.draw(frame.lines, frame.cursor);
    this.#drawn = performance.now();
  }
}
