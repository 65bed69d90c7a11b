/**
 * Measures qmptap beside what else could stand in its place, and prints ratios:
 *
 *     npm run bench                       everything, in about ten minutes
 *     npm run bench -- recording          a section: recording, start, replaying, importing, framing …
 *     npm run bench -- flood '200 kB'     races by their names
 *     npm run bench -- quick [...]        one round of each; --rounds N: so many
 *     npm run bench -- --markdown         prints the tables of docs/speed.md at the end
 *     npm run bench -- --page             puts them into docs/speed.md; only with everything
 *
 * Fails when a byte differs or a recording is not complete; never for the time that something took.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { compileLoad } from './load.js';
import { Company, machine } from './machine.js';
import { markdown, missed, withTables } from './markdown.js';
import { type Outcome, run, verdicts } from './race.js';
import { framing } from './framing.js';
import { hosts } from './host.js';
import { importing } from './importing.js';
import { libvirt } from './libvirt.js';
import { reading } from './reading.js';
import { recording } from './recording.js';
import { replaying } from './replaying.js';
import { start } from './start.js';
import { ui } from './ui.js';

/** In order; those that need the load's program are left out where it cannot be compiled. */
const sections = { recording, host: hosts, start, replaying, libvirt, importing, framing, reading, ui };
const needLoad = new Set([...recording, ...hosts, ...replaying, ...libvirt]);
const page = new URL('../../docs/speed.md', import.meta.url);

const all = Object.entries(sections).flatMap(([section, races]) => races.map((race) => ({ section, race })));
const { wanted, rounds, options } = ordered();
const canLoad = compileLoad();
if (!canLoad) process.stdout.write('no C compiler (cc) is here, so what needs the load is left out\n');

const company = new Company();
const outcomes: Outcome[] = [];
process.stdout.write(`${machine()}; medians (quartiles)\n`);
for (const { section, race } of all) {
  if (wanted.length > 0 && !wanted.includes(section) && !wanted.includes(race.name)) continue;
  if (race.missing !== undefined || (!canLoad && needLoad.has(race))) {
    process.stdout.write(`\n${race.name}: left out, ${race.missing ?? 'no C compiler (cc) is here'}\n`);
    continue;
  }
  await company.look();
  outcomes.push(await run({ ...race, rounds: rounds ?? race.rounds }));
}

const judged = outcomes.flatMap(verdicts);
const bad = missed(judged);
process.stdout.write(`\n${judged.length - bad.length} aims met, ${bad.length} missed\n`);
for (const line of bad) process.stdout.write(`  missed: ${line}\n`);
process.stdout.write(`${company.text()}\n`);
const tables = (): string => markdown(outcomes, `${machine()}; ${company.text()}`);
if (options.markdown) process.stdout.write(`\n${tables()}\n`);
if (options.page) {
  writeFileSync(page, withTables(readFileSync(page, 'utf8'), tables()));
  process.stdout.write('docs/speed.md has new tables\n');
}

interface Options {
  readonly markdown?: boolean;
  readonly page?: boolean;
}

/** What the command line asks for; ends the program if it cannot be. */
function ordered(): { wanted: readonly string[]; rounds: number | undefined; options: Options } {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { rounds: { type: 'string' }, markdown: { type: 'boolean' }, page: { type: 'boolean' } },
    });
    const names = [...Object.keys(sections), ...all.map(({ race }) => race.name)];
    const unknown = positionals.filter((word) => word !== 'quick' && !names.includes(word));
    if (unknown.length > 0)
      throw new Error(`there is no ${unknown.join(', ')}; there are ${names.join(', ')}`);
    const chosen = positionals.filter((word) => word !== 'quick');
    const asked = values.rounds === undefined ? undefined : Number(values.rounds);
    const times = positionals.includes('quick') ? 1 : asked;
    if (times !== undefined && !(Number.isInteger(times) && times > 0)) {
      throw new Error(`--rounds ${String(values.rounds)}: give a whole number above 0`);
    }
    if (values.page && chosen.length > 0) throw new Error('--page needs all the races; name none');
    return { wanted: chosen, rounds: times, options: values };
  } catch (error) {
    process.stderr.write(`bench: ${(error as Error).message}\n`);
    process.exit(2);
  }
}
