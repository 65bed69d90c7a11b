/**
 * What went wrong, gathered while the screen goes on: the findings of `why`, each with its place and its cause. Enter
 * goes to its message.
 */
import { findingsSummary, findingText, type FindingLine } from '../../inspect/why/why-text.js';
import type { Finding } from '../../inspect/why/finding.js';
import { gatherFindings } from '../../inspect/why/why.js';
import type { MessageRef } from '../../recording/message.js';
import type { RecordingReader } from '../../recording/ports.js';
import { wrapped } from '../../text/wrap.js';
import { timeOfDay } from '../clock.js';
import { type Line, plain } from '../screen/line.js';
import type { Style } from '../screen/theme.js';
import { Page, type PageContent, type PageEntry, scrolled } from './page.js';

/** Milliseconds between two looks at the keys. */
const step = 8;

export interface WhyPageOptions {
  /** The recording is still being made: times are up to now. */
  readonly live: boolean;
  readonly open: (at: MessageRef) => void;
}

export class WhyPage extends Page {
  readonly #steps: Generator<number, readonly Finding[], void>;
  #read = 0;
  #found: readonly Finding[] | undefined;

  constructor(reader: RecordingReader, { live, open }: WhyPageOptions) {
    super('why', (width) => {
      if (this.#found === undefined) return scrolled(`why: ${this.#read} messages read…`, []);
      const summary = findingsSummary(this.#found, reader.count(), reader.sessions().length);
      return contentOf(`why: ${summary}`, this.#found, width, open);
    });
    this.#steps = gatherFindings(reader, { now: live ? Date.now() * 1000 : undefined });
  }

  /** Reads on. */
  override work(): boolean {
    if (this.#found !== undefined) return false;
    for (const until = performance.now() + step; performance.now() < until;) {
      const { done, value } = this.#steps.next();
      if (done === true) this.#found = value;
      else this.#read = value;
      if (done === true) break;
    }
    return true;
  }
}

const styles: Readonly<Record<FindingLine['style'], Style | undefined>> = {
  error: 'error',
  warning: 'warning',
  note: 'bold',
  cause: undefined,
  detail: 'dim',
  next: 'dim',
};

function contentOf(
  title: string,
  found: readonly Finding[],
  width: number,
  open: WhyPageOptions['open'],
): PageContent {
  const place = { sources: [], clock: timeOfDay };
  const entries = found.flatMap((one): readonly PageEntry[] => {
    const { at } = one;
    const lines = Array.from(findingText(one, place)).flatMap(({ style, text }): readonly Line[] =>
      // What to look at next is here already: Enter goes there.
      style === 'next' ? [] : wrapped(` ${text}`, width, 10).map((part) => plain(part, styles[style])),
    );
    return [...lines, plain('')].map((line) => ({
      line,
      open:
        at === undefined
          ? undefined
          : () => {
              open(at);
            },
    }));
  });
  return {
    title,
    length: entries.length,
    entry: (at) => entries[at] ?? { line: plain('') },
    selects: entries.length > 0,
  };
}
