/**
 * Copies a recording, live or not, into one file as of one moment, by SQLite's backup: in a single step, so
 * that a recorder at work neither waits for it nor makes it begin again.
 */
import { createEmptyFile } from '../disk/files.js';
import { closeAsOneFile, openWriter, orClosed, type Connection } from '../disk/database.js';

/** How a session ends in the copy that still runs. */
const reason = 'copied while it was being recorded';

/** All pages at once; SQLite counts them in an int. */
const allPages = 0x7fff_ffff;

/** Copies the tables of `db` to a new file, and makes that a finished recording. @throws the system's or SQLite's error */
export async function copyTables(db: Connection, copy: string): Promise<void> {
  // SQLite by itself would make a file that others can read.
  createEmptyFile(copy);
  await db.backup(copy, { progress: () => allPages });
  const copied = openWriter(copy, true);
  orClosed(copied, () => {
    copied.transaction(finish).immediate(copied);
  });
  closeAsOneFile(copied);
}

function finish(db: Connection): void {
  db.prepare(
    `UPDATE session SET "end" = 'cut-off', end_reason = ?, ended = ifnull(
       (SELECT t FROM frame WHERE frame.session = session.id ORDER BY seq DESC LIMIT 1), 0) WHERE "end" IS NULL`,
  ).run(reason);
  db.exec('DELETE FROM checkpoint; UPDATE recording SET finished = created WHERE finished IS NULL');
}
