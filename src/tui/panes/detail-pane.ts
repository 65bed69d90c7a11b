/**
 * One opened message: as a tree, as raw text or in hexadecimal, with a focused line. What is folded stays folded as
 * long as the same message is shown.
 */
import { type ByteLines, hexLines, rawLines } from '../../inspect/tree/byte-lines.js';
import { escapeText, formatBytes, formatDuration, remarks } from '../../inspect/format.js';
import { MessageTree, type TreeLine } from '../../inspect/tree/message-tree.js';
import { eventTimestamp } from '../../qmp/timestamp.js';
import type { Message } from '../../recording/message.js';
import type { Session } from '../../recording/session.js';
import { timeOfDay, type TimeStyle, timeText } from '../clock.js';
import { type Line, plain, type Span } from '../screen/line.js';
import { kindLetters } from './list-pane.js';

/** Lines kept in sight above and below the focus. */
const scrollMargin = 3;

const modes = ['tree', 'raw', 'hex'] as const;

/** Where and how a message is drawn. */
export interface DetailSurroundings {
  readonly width: number;
  readonly height: number;
  /** The pane has the keys. */
  readonly active: boolean;
  readonly time: TimeStyle;
  /** The message's session. */
  readonly session: Session | undefined;
}

export class DetailPane {
  #message: Message | undefined;
  #tree = new MessageTree(new Uint8Array());
  #bytes: { readonly width: number; readonly lines: ByteLines } | undefined;
  #mode: (typeof modes)[number] = 'tree';
  #focus = 0;
  #top = 0;
  #height = 1;
  #width = 80;

  get message(): Message | undefined {
    return this.#message;
  }

  show(message: Message | undefined): void {
    if (message?.index === this.#message?.index && message?.raw.length === this.#message?.raw.length) return;
    this.#message = message;
    const json = message !== undefined && !['sync', 'malformed', 'partial'].includes(message.kind);
    this.#tree = new MessageTree(message?.raw ?? new Uint8Array(), json);
    this.#restart();
  }

  move(by: number): void {
    this.#focus = Math.max(0, Math.min(this.#length() - 1, this.#focus + by));
  }

  page(by: number): void {
    this.move(by * Math.max(1, this.#height - 1));
  }

  home(): void {
    this.#focus = 0;
  }

  end(): void {
    this.#focus = Math.max(0, this.#length() - 1);
  }

  /** Puts the focus on a visible line, counted from the top. */
  focusVisible(row: number): void {
    this.move(this.#top + row - this.#focus);
  }

  /** Folds or unfolds the focused branch, or the parent of a leaf. */
  fold(open?: boolean): void {
    if (this.#mode !== 'tree') return;
    const line = this.#tree.line(this.#focus);
    if (line === undefined) return;
    const inner = line.open === undefined || (open === false && !line.open);
    if (inner && open !== true) this.#focus = this.#tree.parent(this.#focus);
    const { open: now } = this.#tree.line(this.#focus) ?? {};
    this.#tree.setOpen(this.#focus, open ?? now !== true);
  }

  /** Tree, raw text, hexadecimal, tree, … */
  turnMode(): void {
    this.#mode = modes[(modes.indexOf(this.#mode) + 1) % modes.length] ?? 'tree';
    this.#restart();
  }

  /** Searches the message for a text, folded parts too. False: it is not there. */
  search(text: string, direction: 1 | -1): boolean {
    if (this.#mode !== 'tree') this.#mode = 'tree';
    const found = this.#tree.find(text, this.#focus, direction);
    if (found !== undefined) this.#focus = found;
    return found !== undefined;
  }

  /** What a copy takes: the value of the focused line, or all of it. */
  bytes(): Uint8Array {
    return this.#mode === 'tree' ? this.#tree.bytes(this.#focus) : (this.#message?.raw ?? new Uint8Array());
  }

  /** `height` lines, the first of them the heading. */
  draw(around: DetailSurroundings): Line[] {
    const { width, height, active } = around;
    this.#width = width;
    this.#height = Math.max(1, height - 1);
    if (this.#message === undefined) return fill([plain('  no message', 'dim')], height);
    this.move(0);
    const edge = Math.min(scrollMargin, Math.floor((this.#height - 1) / 2));
    this.#top = Math.max(this.#focus - this.#height + 1 + edge, Math.min(this.#top, this.#focus - edge));
    this.#top = Math.max(0, Math.min(this.#top, this.#length() - this.#height));
    const lines = [heading(this.#message, this.#mode, around)];
    for (let place = this.#top; place < Math.min(this.#length(), this.#top + this.#height); place++) {
      const style = active && place === this.#focus ? ('focus' as const) : undefined;
      lines.push({ spans: this.#spans(place), style });
    }
    return fill(lines, height);
  }

  #spans(place: number): readonly Span[] {
    if (this.#mode !== 'tree') return [{ text: this.#byteLines().line(place) }];
    const line = this.#tree.line(place);
    return line === undefined ? [] : treeSpans(line);
  }

  #length(): number {
    return this.#mode === 'tree' ? this.#tree.length : this.#byteLines().length;
  }

  #byteLines(): ByteLines {
    if (this.#bytes?.width !== this.#width) {
      const make = this.#mode === 'raw' ? rawLines : hexLines;
      const lines = make(this.#message?.raw ?? new Uint8Array(), this.#width);
      this.#bytes = { width: this.#width, lines };
    }
    return this.#bytes.lines;
  }

  #restart(): void {
    this.#bytes = undefined;
    this.#focus = 0;
    this.#top = 0;
  }
}

function heading(message: Message, mode: string, { time, session }: DetailSurroundings): Line {
  const { kind, dir, seq, latency, fds } = message;
  const own = kind === 'event' ? eventTimestamp(message.raw) : undefined;
  const name = message.name ?? message.command;
  const parts = [
    `#${message.session}/${seq} ${dir === 'c2s' ? '->' : '<-'} ${kind}${name === undefined ? '' : ` ${name}`}`,
    `${timeText(message.t, session, time)}${time === 'relative' ? ' s' : ''}`,
    ...(own === undefined ? [] : [`stamped ${timeOfDay(own)}`]),
    ...(latency === undefined ? [] : [`took ${formatDuration(latency)}`]),
    formatBytes(message.raw.length),
    ...(message.id === undefined ? [] : [`id ${message.id}`]),
    ...(message.oob ? ['out-of-band'] : []),
    ...(fds === 0 ? [] : [fds === 1 ? '1 descriptor' : `${fds} descriptors`]),
    ...remarks({ ...message, fds: 0 }),
    ...(mode === 'tree' ? [] : [mode]),
  ];
  return {
    spans: [{ text: ` ${kindLetters[kind]} ${parts.map(escapeText).join(' | ')}` }],
    style: 'title',
  };
}

function treeSpans(line: TreeLine): Span[] {
  const sign = line.open === undefined ? ' ' : line.open ? '-' : '+';
  return [
    { text: ` ${'  '.repeat(Math.min(line.depth, 40))}${sign} `, style: 'dim' },
    ...(line.key === undefined
      ? []
      : [{ text: `${line.key}: `, style: line.type === 'group' ? ('dim' as const) : ('command' as const) }]),
    { text: line.text, style: valueStyles[line.type] },
  ];
}

const valueStyles: Readonly<Record<TreeLine['type'], Span['style']>> = {
  object: 'dim',
  array: 'dim',
  group: 'dim',
  string: 'success',
  piece: 'success',
  number: 'event',
  literal: 'sync',
};

function fill(lines: Line[], height: number): Line[] {
  while (lines.length < height) lines.push({ spans: [] });
  return lines.slice(0, height);
}
