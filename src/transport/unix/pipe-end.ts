/**
 * Reports when the last reader of a pipe closes it, without writing: a process that waits for our answer closes the
 * pipe when it has the answer.
 */
import { Readiness } from './readiness.js';

/** Resolves when the last reader of the pipe `fd`, of which we have the writing end, has closed it. */
export function whenReaderCloses(fd: number): Promise<void> {
  return new Promise((resolve) => {
    const readiness = new Readiness(fd, {
      ready: (_readable, _writable, failed) => {
        if (!failed) return;
        readiness.close();
        resolve();
      },
    });
    // The writing end is never readable; that it has failed is always told.
    readiness.want(true, false);
  });
}
