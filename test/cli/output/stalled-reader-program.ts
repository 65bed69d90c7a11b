/** A program whose standard output or error nobody reads: `stalled-reader-program.ts outlet|diagnostics`. */
import { writeSync } from 'node:fs';
import {
  holdLines,
  neverWaitForReader,
  tellOnce,
  writeDiagnostics,
} from '../../../src/cli/output/diagnostics.js';
import { Outlet } from '../../../src/cli/output/nonblocking-output.js';

const [, , what] = process.argv;
/** To the test, which reads it. */
const answer = (value: unknown): void => {
  writeSync(3, `${JSON.stringify(value)}\n`);
};

if (what === 'outlet') {
  const outlet = new Outlet(1);
  const piece = Buffer.alloc(1 << 20, 'x');
  const first = outlet.write(piece);
  const second = outlet.write(piece);
  answer({ first, second, dead: outlet.dead, whole: piece.length });
  process.stdin.once('data', () => {
    answer({ third: outlet.write(Buffer.from('y')), dead: outlet.dead });
    outlet.close();
    answer({ fourth: outlet.write(piece) === piece.length, dead: outlet.dead });
    process.exit();
  });
} else if (what === 'diagnostics') {
  neverWaitForReader();
  const line = `${'x'.repeat(999)}\n`;
  for (let at = 0; at < 2000; at++) writeDiagnostics(line);
  tellOnce('lost if nobody reads');
  answer('written');
  process.stdin.once('data', () => process.exit());
} else {
  const release = holdLines();
  writeDiagnostics('held\n');
  release();
  writeDiagnostics('after\n');
  process.exit();
}
