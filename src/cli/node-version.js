/**
 * Which Node runs qmptap: what `engines` of package.json says. Not TypeScript, and nothing that an old Node does not
 * know: setup.mjs reads it before anything is compiled, and main.ts before anything is loaded.
 */
import { readFileSync } from 'node:fs';

/** `^20.19` is one line of Node from a version on, `>=24` is all from it on. */
const range = /^(\^|>=)(\d+)(?:\.(\d+))?$/;

/**
 * Node made these abort addons that do not use Node-API, some time after they were loaded. SQLite as
 * src/store/disk/sqlite.ts chooses it, and koffi, use Node-API, and work on all.
 */
const aborting = [
  { from: [24, 19], before: [24, 22], issue: 'nodejs/node#65446' },
  { from: [26, 0], before: [26, 4], issue: 'nodejs/node#65262' },
];

/**
 * Why this Node does not do, in one line with what to do, or undefined if it does.
 * @param {string} version `20.19.0`
 * @returns {string | undefined}
 */
export function refusalOfNode(version) {
  const ranges = readEngines();
  if (ranges.some(({ only, from }) => isFrom(version, from) && (!only || majorOf(version) === from[0])))
    return undefined;
  const wanted = ranges.map(({ only, from: [major, minor] }) =>
    only ? `${major}.${minor} or newer of ${major}` : `${major} and later`,
  );
  return `Node ${version}: qmptap does not run on it; use Node ${wanted.join(', or ')}`;
}

/**
 * What to know about this Node before an addon is compiled for it, in one line, or undefined.
 * @param {string} version `24.20.0`
 * @returns {string | undefined}
 */
export function warningOfNode(version) {
  const found = aborting.find(({ from, before }) => isFrom(version, from) && !isFrom(version, before));
  if (found === undefined) return undefined;
  const mended = found.before.join('.');
  return `Node ${version}: it aborts addons that do not use Node-API (${found.issue}); qmptap's do use it, and run. Node ${mended} has that mended`;
}

/** @returns {{ only: boolean, from: [number, number] }[]} */
function readEngines() {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  // eslint-disable-next-line @typescript-eslint/no-unsafe-assignment -- it does not see a type in a comment
  const { engines } = /** @type {{ engines: { node: string } }} */ (JSON.parse(text));
  return engines.node.split(' || ').map((part) => {
    const found = range.exec(part);
    if (found === null) throw new Error(`package.json: engines: ${part} is not of the form ^20.19 or >=24`);
    return { only: found[1] === '^', from: [Number(found[2]), Number(found[3] || 0)] };
  });
}

/**
 * @param {string} version
 * @param {number[]} from
 */
function isFrom(version, [major = 0, minor = 0]) {
  const [ownMajor = 0, ownMinor = 0] = version.split('.').map(Number);
  return ownMajor > major || (ownMajor === major && ownMinor >= minor);
}

/** @param {string} version */
function majorOf(version) {
  return Number(version.split('.')[0]);
}
