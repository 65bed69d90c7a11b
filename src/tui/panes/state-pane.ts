/** What was known of the VM after the focused message, beside the list: it moves with it. */
import { areas } from '../../inspect/state/areas.js';
import type { Standing } from '../../inspect/state/fact.js';
import { shown, vmName } from '../../inspect/state/state-text.js';
import { stateValues, type StateValue } from '../../inspect/state/state-values.js';
import { StateTimeline } from '../../inspect/state/timeline.js';
import { escapeText } from '../../inspect/format.js';
import { StepSize } from '../../inspect/view/view-step.js';
import type { MessageRef } from '../../recording/message.js';
import type { RecordingReader } from '../../recording/ports.js';
import { cell, cut, fitting, type Line, plain } from '../screen/line.js';
import type { Style } from '../screen/theme.js';

/** The message that it is after. */
export interface StateMoment extends MessageRef {
  readonly index: number;
}

/** Told by a sign as well, for terminals without colours. */
const signs: Readonly<Record<Standing, readonly [sign: string, style: Style | undefined]>> = {
  asserted: ['=', undefined],
  implied: ['~', 'command'],
  stale: ['?', 'dim'],
};

const legend = '= asserted  ~ implied  ? stale';

export class StatePane {
  readonly #reader: RecordingReader;
  readonly #step = new StepSize(() => performance.now());
  /** Made when it is first opened: it reads the recording. */
  #timeline: StateTimeline | undefined;
  #isOpen = false;
  #offset = 0;
  #rows = 0;
  #height = 0;
  #drawn: { readonly index: number; readonly lines: readonly Line[]; readonly width: number } | undefined;

  constructor(reader: RecordingReader) {
    this.#reader = reader;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  turn(): void {
    this.#isOpen = !this.#isOpen;
    this.#timeline ??= new StateTimeline(this.#reader);
  }

  /** By half of what is seen. */
  scroll(direction: 1 | -1): void {
    const most = Math.max(0, this.#rows - this.#height);
    this.#offset = Math.min(most, Math.max(0, this.#offset + direction * Math.max(1, this.#height >> 1)));
  }

  /** Reads on in the recording for a short step. False: nothing is left to do. */
  work(): boolean {
    const timeline = this.#timeline;
    if (!this.#isOpen || timeline === undefined) return false;
    return this.#step.take(() => timeline.readOn(this.#step.size));
  }

  /** As many lines as it is high. */
  draw(at: StateMoment | undefined, width: number, height: number): Line[] {
    const all = this.#linesAt(at, width);
    const head = plain(cut(` state  ${legend}`, width), 'dim');
    this.#height = Math.max(0, height - 1);
    this.#rows = all.length;
    this.#offset = Math.max(0, Math.min(this.#offset, all.length - this.#height));
    const lines = all.slice(this.#offset, this.#offset + this.#height);
    const below = all.length - this.#offset - lines.length;
    if (below > 0)
      lines[lines.length - 1] = plain(cut(` ${below + 1} lines more: < and > scroll`, width), 'dim');
    while (lines.length < this.#height) lines.push({ spans: [] });
    return height > 0 ? [head, ...lines] : [];
  }

  #linesAt(at: StateMoment | undefined, width: number): readonly Line[] {
    const timeline = this.#timeline;
    if (at === undefined || timeline === undefined) return [];
    if (this.#drawn?.index === at.index && this.#drawn.width === width) return this.#drawn.lines;
    if (timeline.read < at.index)
      return [plain(cut(` ${timeline.read} of ${at.index} messages read…`, width), 'dim')];
    const lines = linesOf(timeline, at, width);
    this.#drawn = { index: at.index, lines, width };
    return lines;
  }
}

function linesOf(timeline: StateTimeline, at: StateMoment, width: number): readonly Line[] {
  const vm = timeline.vmOf(at.session);
  const known = timeline.at(at.index).find((one) => one.vm === vm);
  const lines: Line[] = vm === undefined ? [] : [plain(cut(` ${vmName(vm)}`, width), 'bold')];
  let before: StateValue | undefined;
  for (const value of known === undefined ? [] : stateValues(known)) {
    if (before?.area !== value.area) lines.push(plain(cut(` ${areas[value.area].title}`, width), 'bold'));
    if (value.name !== '' || value.attribute !== undefined) lines.push(valueLine(value, at, width));
    before = value;
  }
  if (before === undefined) lines.push(plain(cut(' nothing is known yet', width), 'dim'));
  return lines;
}

/** `   =  driver qcow2      #44`; what the focused message has set stands out. */
function valueLine(
  { name, attribute, value, standing, by }: StateValue,
  at: StateMoment,
  width: number,
): Line {
  const [sign, style] = signs[standing];
  const isNew = by.session === at.session && by.seq === at.seq;
  const cause = ` ${by.session === at.session ? '' : `${by.session}`}#${by.seq}`;
  const text =
    attribute === undefined ? ` ${escapeText(name)}` : `   ${escapeText(attribute)} ${shown(value)}`;
  const room = Math.max(0, width - cause.length - 3);
  return {
    spans: [
      { text: ` ${sign}${cell(fitting(text), room)}`, style: isNew ? 'bold' : style },
      { text: `${isNew ? '*' : ' '}${cause}`, style: 'dim' },
    ],
  };
}
