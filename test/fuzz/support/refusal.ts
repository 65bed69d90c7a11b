/** What is refused in plain words, as against what fails. */
import { QmptapError } from '../../../src/errors.js';

/** Gives the result, or undefined if the input was refused by an error of the tree in `errors.ts`. */
export function unlessRefused<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    if (error instanceof QmptapError) return undefined;
    throw error;
  }
}
