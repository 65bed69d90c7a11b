/** Starts a guard that makes the file of its argument, and waits to be killed. */
import { Guard } from '../../../../src/launch/attach/log/guard.js';

const guard = new Guard(['touch', process.argv[2] ?? ''], (why) => {
  process.stderr.write(`${why}\n`);
});
if (process.argv[3] === 'release') await guard.release();
else setInterval(() => guard, 60_000);
process.stderr.write('ready\n');
