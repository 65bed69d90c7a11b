/** How a command that runs on is ended: by a signal with grace, by a second one at once. */
import { once } from 'node:events';
import { constants } from 'node:os';

/** The first signal aborts `ending` with its exit code; a second one ends the program. */
export function endOnSignal(ending: AbortController): { release(): void } {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const end = (signal: (typeof signals)[number]): void => {
    const code = 128 + constants.signals[signal];
    if (ending.signal.aborted) process.exit(code);
    ending.abort(code);
  };
  for (const signal of signals) process.on(signal, end);
  return {
    release: () => {
      for (const signal of signals) process.off(signal, end);
    },
  };
}

/** Waits for the abort. */
export async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}
