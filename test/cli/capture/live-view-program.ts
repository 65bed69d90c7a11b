/** Prints recordings by the live view: `live-view-program.ts text|json FILE…`. */
import { startLive } from '../../../dist/cli/capture/live-thread.js';

const [, , format, first = '', ...others] = process.argv;
const live = startLive(
  { path: first, format: format === 'json' ? 'json' : 'text' },
  {
    ended: (end, path) => process.stderr.write(`${end}: ${path}\n`),
    failed: (error) => process.stderr.write(`failed: ${error.message}\n`),
  },
);
for (const path of others) live.add(path);
for (const path of others) await live.finish(path);
await live.finish();
