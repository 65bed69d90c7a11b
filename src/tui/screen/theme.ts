/**
 * Styles: eight colours, bold and inverse, which every terminal has. Nothing is shown by colour alone.
 */
import type { MessageKind } from '../../recording/message.js';

export type Style =
  MessageKind | 'dim' | 'bold' | 'slow' | 'bar' | 'focus' | 'focusElsewhere' | 'title' | 'key' | 'warning';

/** SGR parameters (ECMA-48) with and without colour. */
const styles: Readonly<Record<Style, readonly [coloured: string, plain: string]>> = {
  greeting: ['36', ''],
  command: ['36', ''],
  success: ['32', ''],
  error: ['31;1', '1'],
  event: ['33', ''],
  sync: ['35', ''],
  malformed: ['35;1', '1'],
  partial: ['35', ''],
  dim: ['90', ''],
  bold: ['1', '1'],
  slow: ['33;1', '1'],
  bar: ['36', ''],
  focus: ['7', '7'],
  focusElsewhere: ['4', '4'],
  title: ['7', '7'],
  key: ['1', '1'],
  warning: ['31;1', '1;7'],
};

export class Theme {
  readonly #colour: boolean;

  constructor(colour: boolean) {
    this.#colour = colour;
  }

  /** The text in all of these styles at once, and the plain style again after it. */
  paint(text: string, ...wanted: readonly (Style | undefined)[]): string {
    const codes = wanted.flatMap((style) => {
      const code = style === undefined ? '' : styles[style][this.#colour ? 0 : 1];
      return code === '' ? [] : [code];
    });
    return codes.length === 0 ? text : `\u001b[${codes.join(';')}m${text}\u001b[m`;
  }
}

/** Whether colour is wanted (no-color.org) and there. */
export function wantsColour(env: Readonly<Record<string, string | undefined>>): boolean {
  return (env['NO_COLOR'] ?? '') === '' && !/^(dumb|vt[12])/.test(env['TERM'] ?? '');
}
