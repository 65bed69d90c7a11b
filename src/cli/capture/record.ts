/** What `qmptap record` does: a recorder between two addresses. */
import { record } from '../../launch/record/record.js';
import type { Log } from '../output/log.js';
import { type RecorderFlags, supervise } from './supervise.js';

export interface RecordFlags extends RecorderFlags {
  listen?: string;
  dialClient?: string;
  connect?: string;
  serverListens?: string;
  exec?: boolean;
}

/**
 * Records until it is told to end. Gives the exit code.
 * @throws UsageError, ConnectError, OutputError before anything is recorded
 */
export async function recordCommand(flags: RecordFlags, words: readonly string[], log: Log): Promise<number> {
  const { listen, dialClient, connect, serverListens } = flags;
  return supervise(
    {
      flags,
      start: (options) => record({ ...options, listen, dialClient, connect, serverListens }),
      what: ({ address }) => `recording ${address} -> ${connect ?? serverListens ?? ''}`,
      silent: listen === 'stdio',
      client: flags.exec ? words : undefined,
    },
    log,
  );
}
