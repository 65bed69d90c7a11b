#!/usr/bin/env node
/** The program. A Node that cannot run it is refused before anything is loaded that such a Node does not know. */
import { refusalOfNode } from './node-version.js';

const refusal = refusalOfNode(process.versions.node);
if (refusal === undefined) {
  const { start } = await import('./start.js');
  await start();
} else {
  process.stderr.write(`qmptap: ${refusal}\n`);
  process.exitCode = 1;
}
