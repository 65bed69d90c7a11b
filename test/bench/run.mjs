/**
 * Measures qmptap beside what else could stand in its place, and prints ratios:
 *
 *     npm run bench                       everything, in about three minutes
 *     npm run bench -- recording          a section: recording, start, framing, replaying, reading, ui
 *     npm run bench -- flood '200 kB'     races by their names
 *     npm run bench -- quick [...]        one round of each
 *
 * Fails when a byte differs or a recording is not complete; never for the time that something took.
 */
import { cpus, release, totalmem } from 'node:os';
import { compileLoad } from './load.mjs';
import { run } from './race.mjs';
import { framing } from './framing.mjs';
import { reading } from './reading.mjs';
import { recording } from './recording.mjs';
import { replaying } from './replaying.mjs';
import { start } from './start.mjs';
import { ui } from './ui.mjs';

/** In order; those that need the load's program are left out where it cannot be compiled. */
const sections = { recording, start, replaying, framing, reading, ui };
const needLoad = new Set([...recording, ...replaying]);

const wanted = process.argv.slice(2).filter((word) => word !== 'quick');
const quick = process.argv.includes('quick');
const all = Object.entries(sections).flatMap(([section, races]) => races.map((race) => ({ section, race })));
const names = [...Object.keys(sections), ...all.map(({ race }) => race.name)];
const unknown = wanted.filter((word) => !names.includes(word));
if (unknown.length > 0) {
  process.stderr.write(`bench: there is no ${unknown.join(', ')}; there are quick, ${names.join(', ')}\n`);
  process.exit(2);
}

const canLoad = compileLoad() !== undefined;
if (!canLoad) process.stdout.write('no C compiler (cc) is here, so what needs the load is left out\n');

const [processor] = cpus();
process.stdout.write(
  `${cpus().length} × ${processor?.model.trim() ?? 'processor'}, ${Math.round(totalmem() / 2 ** 30)} GiB, ` +
    `Linux ${release()}, Node ${process.versions.node}; medians (quartiles)\n`,
);
const total = { met: 0, missed: 0 };
for (const { section, race } of all) {
  if (wanted.length > 0 && !wanted.includes(section) && !wanted.includes(race.name)) continue;
  if (!canLoad && needLoad.has(race)) continue;
  const { met, missed } = await run(quick ? { ...race, rounds: 1 } : race);
  total.met += met;
  total.missed += missed;
}
process.stdout.write(`\n${total.met} aims met, ${total.missed} missed\n`);
