/**
 * Imports files of JSON values, one after the other, over any number of lines. The framer finds their ends, so a
 * broken value does not affect the ones around it. What the values mean is up to a reader.
 */
import { Framer, type FrameSink } from '../../json/framing/framer.js';
import { serverOutput } from '../../json/framing/profile.js';
import { frameProblem, parseJson } from '../../json/parse.js';
import { isObject, type JsonObject } from '../../json/value.js';
import type { Importer, ImportTarget } from '../import.js';
import { messageBytes, trimmed } from '../wire.js';

/** Reads the objects of a file. */
export interface ValueReader {
  /** The next object, and the line on which it ends. */
  take(value: JsonObject, line: number): void;
  /** No more objects; ends the sessions. */
  end(): void;
}

export class ValueStream implements Importer, FrameSink {
  readonly #framer = new Framer(serverOutput);
  readonly #target: ImportTarget;
  readonly #reader: ValueReader;
  #line = 0;

  constructor(target: ImportTarget, reader: ValueReader) {
    this.#target = target;
    this.#reader = reader;
  }

  line(text: string, number: number): void {
    this.#line = number;
    this.#framer.push(messageBytes(`${text}\n`), this);
  }

  end(): void {
    this.#framer.end(this);
    this.#reader.end();
  }

  frame(bytes: Uint8Array, problem: string | undefined): void {
    if (trimmed(bytes).length === 0) return;
    const refused = problem ?? frameProblem(bytes, { nonFinite: true });
    if (refused !== undefined) {
      this.#target.skip(this.#line, 'no JSON');
      return;
    }
    const value = parseJson(bytes, { nonFinite: true });
    if (isObject(value)) this.#reader.take(value, this.#line);
    else this.#target.skip(this.#line, 'a JSON value that is no object');
  }

  trailer(): void {
    // White space, or what belongs to a broken value that was reported.
  }
}
