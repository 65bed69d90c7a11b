/**
 * Which other users can replace a file: those who can write its folder, or a folder above it. Between a check and the
 * use, they could put another file there.
 */
import { realpathSync, statSync, type Stats } from 'node:fs';
import { dirname } from 'node:path';
import { isMainThread } from 'node:worker_threads';

/**
 * Why others than this user and root may replace a file and what lies beside it, in half a sentence; undefined if
 * nobody may. In a folder like `/tmp` others may add files, but replace none of ours.
 */
export function whoMayReplace(file: string): string | undefined {
  const path = realpathSync(file);
  const { uid } = statSync(path);
  if (!isOurs(uid)) return `it belongs to another user (uid ${uid})`;
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const why = whoMayWrite(statSync(folder));
    if (why !== undefined) return `${folder} ${why}`;
    if (folder === dirname(folder)) return undefined;
  }
}

/**
 * Does something with the rights of a file's owner, if this is root and `others` may put files beside it: what they
 * lead root to, they may do themselves. All threads of the process have these rights meanwhile.
 */
export function asOwner<T>(file: string, others: string | undefined, act: () => T): T {
  const { uid, gid } = statSync(file);
  const { seteuid, setegid, setgroups, getgroups, getegid } = process;
  if (others === undefined || process.geteuid?.() !== 0 || uid === 0 || !isMainThread) return act();
  if (!seteuid || !setegid || !setgroups || !getgroups || !getegid) return act();
  const [group, groups] = [getegid(), getgroups()];
  setgroups([]);
  setegid(gid);
  seteuid(uid);
  try {
    return act();
  } finally {
    seteuid(0);
    setegid(group);
    setgroups(groups);
  }
}

function whoMayWrite({ uid, gid, mode }: Stats): string | undefined {
  if (!isOurs(uid)) return `belongs to another user (uid ${uid})`;
  if ((mode & 0o1000) !== 0) return undefined; // sticky: only its owner removes or renames a file
  if ((mode & 0o002) !== 0) return 'may be written by everybody';
  const isOurGroup = gid === 0 || gid === process.getegid?.() || process.getgroups?.().includes(gid) === true;
  return (mode & 0o020) !== 0 && !isOurGroup ? `may be written by another group (gid ${gid})` : undefined;
}

/** Under sudo, root acts for the user who called it. */
function isOurs(uid: number): boolean {
  const us = process.geteuid?.();
  return uid === 0 || uid === us || us === undefined || (us === 0 && String(uid) === process.env['SUDO_UID']);
}
