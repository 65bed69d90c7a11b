/**
 * The one place that chooses SQLite. better-sqlite3 13 brings its binaries along and needs no compiler, but wants Node-API 10,
 * which Node has from 22.14 on: Node 20 crashes in it. There version 12 does the same, compiled against Node 20.
 *
 * Both are optional packages of package.json, 12 under a name of its own, so that one lock file serves every Node: npm leaves
 * out 13 on Node 20 by its `engines`, and goes on elsewhere if 12 cannot be compiled. (Of 12, the headers of Node 24.19 and
 * later make what aborts, nodejs/node#65446; what uses Node-API, as 13 and koffi do, is not concerned.)
 */
import { createRequire } from 'node:module';
import type Database from 'better-sqlite3';
import { RecordingError } from '../../errors.js';

/** The package's name, for this Node. */
export const sqlitePackage = Number(process.versions.napi) >= 10 ? 'better-sqlite3' : 'better-sqlite3-12';

/** The class of that package, loaded at the first call. */
export function sqlite(): typeof Database {
  return createRequire(import.meta.url)(sqlitePackage) as typeof Database;
}

/**
 * Opens a database, with the package's own options.
 * @throws RecordingError if the package or its binary is not there, SQLite's error
 */
export function openSqlite(path: string, options?: Database.Options): Database.Database {
  try {
    return new (sqlite())(path, options);
  } catch (error) {
    throw isNotInstalled(error) ? notInstalled(path, error) : error;
  }
}

/** The package is missing; its binary is missing (says what looks for it); or that is another Node's. */
function isNotInstalled(error: unknown): boolean {
  const { code, tries } = error as { code?: unknown; tries?: unknown };
  return code === 'MODULE_NOT_FOUND' || code === 'ERR_DLOPEN_FAILED' || Array.isArray(tries);
}

function notInstalled(path: string, cause: unknown): RecordingError {
  const subject = `SQLite for Node ${process.versions.node}`;
  const reason = `${sqlitePackage} is not installed`;
  const compiler =
    sqlitePackage === 'better-sqlite3' ? '' : ' where python3, make and g++ are, or use a newer Node';
  return new RecordingError(
    { subject, reason, remedy: `install qmptap with this Node${compiler}` },
    { path, cause },
  );
}
