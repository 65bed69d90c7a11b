import { chmodSync, chownSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { asOwner, whoMayReplace } from '../../../src/store/disk/trust.js';
import { testFolder } from '../../support/folder.js';

const isRoot = process.geteuid?.() === 0;
const stranger = 65534;

function fileIn(...folders: readonly string[]): string {
  const folder = join(testFolder(), ...folders);
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'a.qmptap');
  writeFileSync(path, '');
  return path;
}

describe('others', () => {
  test('may replace nothing in a folder of ours, nor in one like /tmp', () => {
    const path = fileIn('mine');
    expect(whoMayReplace(path)).toBeUndefined();
    chmodSync(join(path, '..'), 0o1777);
    expect(whoMayReplace(path)).toBeUndefined();
  });

  test('may in one that all may write, also further up and behind a link', () => {
    const path = fileIn('open', 'mine');
    chmodSync(join(path, '../..'), 0o777);
    expect(whoMayReplace(path)).toMatch(/open may be written by everybody$/);
    const link = join(testFolder(), 'link');
    symlinkSync(path, link);
    expect(whoMayReplace(link)).toMatch(/open may be written by everybody$/);
  });

  test.runIf(isRoot)('may in a folder of their own, and change a file of their own', () => {
    const path = fileIn('theirs');
    chownSync(join(path, '..'), stranger, stranger);
    expect(whoMayReplace(path)).toMatch(/theirs belongs to another user \(uid 65534\)$/);
    const other = fileIn('mine');
    chownSync(other, stranger, stranger);
    expect(whoMayReplace(other)).toBe('it belongs to another user (uid 65534)');
  });

  test.runIf(isRoot)('may in a folder of a group that we are not in', () => {
    const path = fileIn('group');
    chownSync(join(path, '..'), 0, 54321);
    chmodSync(join(path, '..'), 0o770);
    expect(whoMayReplace(path)).toMatch(/group may be written by another group \(gid 54321\)$/);
  });

  test.runIf(isRoot)('are not those for whom root acts by sudo', () => {
    const path = fileIn('home');
    chownSync(join(path, '..'), stranger, stranger);
    process.env['SUDO_UID'] = String(stranger);
    onTestFinished(() => {
      delete process.env['SUDO_UID'];
    });
    expect(whoMayReplace(path)).toBeUndefined();
  });
});

test.runIf(isRoot)('root has no more rights than the owner where others may put files', () => {
  const path = fileIn('theirs');
  chownSync(path, stranger, stranger);
  // Threads of a test's runner cannot change their user, and then do it as they are.
  const rights = asOwner(path, 'others', () => [process.geteuid?.(), process.getegid?.()]);
  expect([
    [stranger, stranger],
    [0, 0],
  ]).toContainEqual(rights);
  expect([process.geteuid?.(), process.getegid?.()]).toEqual([0, 0]);
  expect(asOwner(path, undefined, () => process.geteuid?.())).toBe(0);
});
