/**
 * Files of JSON values, one after the other, over any number of lines. The framer finds their ends, so a
 * broken value does not affect the ones around it.
 */
import { Framer, type FrameSink } from '../../json/framing/framer.js';
import { serverOutput } from '../../json/framing/profile.js';
import { frameProblem, parseJson } from '../../json/parse.js';
import { isObject, type JsonObject } from '../../json/value.js';
import type { ImportTarget } from '../import.js';
import { messageBytes, trimmed } from '../wire.js';

/** Gives the objects of a file, with the line on which each ends. */
export class ValueStream implements FrameSink {
  readonly #framer = new Framer(serverOutput);
  readonly #target: ImportTarget;
  readonly #take: (value: JsonObject, line: number) => void;
  #line = 0;

  constructor(target: ImportTarget, take: (value: JsonObject, line: number) => void) {
    this.#target = target;
    this.#take = take;
  }

  line(text: string, number: number): void {
    this.#line = number;
    this.#framer.push(messageBytes(`${text}\n`), this);
  }

  end(): void {
    this.#framer.end(this);
  }

  frame(bytes: Uint8Array, problem: string | undefined): void {
    if (trimmed(bytes).length === 0) return;
    const refused = problem ?? frameProblem(bytes, { nonFinite: true });
    if (refused !== undefined) {
      this.#target.skip(this.#line, 'no JSON');
      return;
    }
    const value = parseJson(bytes, { nonFinite: true });
    if (isObject(value)) this.#take(value, this.#line);
    else this.#target.skip(this.#line, 'a JSON value that is no object');
  }

  trailer(): void {
    // White space, or what belongs to a broken value that was reported.
  }
}
