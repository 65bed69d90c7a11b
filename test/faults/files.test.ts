import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Peers, Rig } from '../support/fault-rig.js';
import { testFolder } from '../support/folder.js';
import { findProgram } from '../support/programs.js';
import { mount, rootTest, smallDisk } from '../support/small-disk.js';
import { until } from '../support/until.js';

/** Traffic that is in the journal before the fault, and a file that its indexer has begun to write. */
async function recorded(rig: Rig): Promise<Peers> {
  const peers = await rig.connect();
  await peers.client.converse(20);
  await until('the journal', () => {
    const { size } = statSync(`${rig.file}-journal-1`);
    return size > peers.client.sent.length + peers.client.received.length;
  });
  await rig.tabled();
  return peers;
}

/** The fault has come to light, and changes nothing for the peers. */
async function goesOn(rig: Rig, { client, server }: Peers): Promise<void> {
  server.flood(1000, server.sent.length + 300_000);
  await client.converse(20);
  const other = await rig.connect();
  await other.client.converse(5);
  await client.end();
  await other.client.end();
}

describe('a disk that is full', () => {
  rootTest('stops the recording, not the traffic; the user is told once, and the file', async () => {
    const rig = await Rig.start({ folder: smallDisk(1500) });
    const peers = await rig.connect();
    await peers.client.converse(20);
    peers.server.flood(1000, 8e6);
    await rig.recorder.says(/recording stopped/);
    await goesOn(rig, peers);
    expect(await rig.end()).toBe(143);
    rig.expectAllPassed();
    const [session] = rig.expectPrefix();
    expect(session!.s2c).toBeGreaterThan(100_000);
    expect(rig.incomplete()).toBe('no space left on the disk');
    const stopped = `${rig.file}: recording stopped: no space left on the disk; the traffic goes on unrecorded`;
    expect(rig.told().filter((line) => line.includes(stopped))).toHaveLength(1);
    expect(rig.told().at(-1)).toMatch(/messages in 2 sessions: .*; incomplete: no space left on the disk$/);
  });

  rootTest('ends a recording that has --once with 1', async () => {
    const rig = await Rig.start({ folder: smallDisk(1000), flags: ['--quiet', '--once'] });
    const { client, server } = await rig.connect();
    server.flood(1000, 4e6);
    await rig.recorder.says(/recording stopped/);
    await client.end();
    expect(await rig.recorder.ended).toBe(1);
    rig.expectAllPassed();
  });

  test.skipIf(findProgram('prlimit') === undefined)('is not the only limit: the size of files', async () => {
    const rig = await Rig.start({ wrapper: ['prlimit', '--fsize=400000'] });
    const peers = await rig.connect();
    await peers.client.converse(20);
    peers.server.flood(1000, 3e6);
    await rig.recorder.says(/recording stopped: the file would be too large; the traffic goes on/);
    await goesOn(rig, peers);
    expect(await rig.end()).toBe(143);
    rig.expectAllPassed();
    // All but half a record: of what was written together with what is too much, all that fitted.
    expect(rig.expectPrefix()[0]!.s2c).toBeGreaterThan(400_000 - 2 * 65_536);
  });
});

describe('a file that goes away while it is recorded', () => {
  test('removed: the traffic goes on, the user is told once, nothing is left lying about', async () => {
    const folder = testFolder();
    const rig = await Rig.start({ folder });
    const peers = await recorded(rig);
    rmSync(rig.file);
    await rig.recorder.says(
      /recording stopped: the file was removed while it was recorded; the traffic goes on/,
    );
    await goesOn(rig, peers);
    expect(await rig.end()).toBe(143);
    rig.expectAllPassed();
    expect(rig.told().filter((line) => line.includes('recording stopped'))).toHaveLength(1);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('removed in a flood that never rests: that is noticed, too', async () => {
    const rig = await Rig.start();
    const { server } = await rig.connect();
    server.flood(1000);
    await until('a megabyte', () => rig.clients[0]!.received.length > 1e6);
    rmSync(rig.file);
    await rig.recorder.says(/the file was removed/);
    expect(rig.clients[0]!.closed).toBe(false);
  });

  test('renamed: what came before is whole under the new name', async () => {
    const folder = testFolder();
    const rig = await Rig.start({ folder });
    const peers = await recorded(rig);
    const renamed = join(folder, 'new.qmptap');
    const before = { c2s: peers.client.sent.length, s2c: peers.client.received.length };
    renameSync(rig.file, renamed);
    await rig.recorder.says(/recording stopped: the file was moved to .*new\.qmptap while it was recorded/);
    await goesOn(rig, peers);
    expect(await rig.end()).toBe(143);
    rig.expectAllPassed();
    expect(readdirSync(folder)).toEqual(['new.qmptap']);
    const [kept] = rig.expectPrefix(renamed);
    expect(kept!.c2s).toBeGreaterThanOrEqual(before.c2s);
    expect(kept!.s2c).toBeGreaterThanOrEqual(before.s2c);
    expect(rig.incomplete(renamed)).toMatch(/^the file was moved to .*new\.qmptap while/);
    expect(rig.told().filter((line) => line.includes('recording stopped'))).toHaveLength(1);
  });

  test('with its folder: the same', async () => {
    const [from, to] = [join(testFolder(), 'from'), join(testFolder(), 'to')];
    mkdirSync(from);
    const rig = await Rig.start({ folder: from });
    const peers = await recorded(rig);
    const before = peers.client.received.length;
    renameSync(from, to);
    await rig.recorder.says(/recording stopped: the file was moved to .*to\/r\.qmptap/);
    await goesOn(rig, peers);
    expect(await rig.end()).toBe(143);
    rig.expectAllPassed();
    expect(rig.expectPrefix(join(to, 'r.qmptap'))[0]!.s2c).toBeGreaterThanOrEqual(before);
    expect(readdirSync(to)).toEqual(['r.qmptap']);
  });

  rootTest('with a folder that is unmounted: the same, on the disk that was taken out', async () => {
    const [disk, place] = [smallDisk(20_000), join(testFolder(), 'mnt')];
    mkdirSync(place);
    mount(place, ['--bind', disk]);
    const rig = await Rig.start({ folder: place });
    const peers = await recorded(rig);
    const before = peers.client.received.length;
    execFileSync('umount', ['-l', place]);
    await rig.recorder.says(/recording stopped: its folder was unmounted or hidden while it was recorded/);
    await goesOn(rig, peers);
    expect(await rig.end()).toBe(143);
    rig.expectAllPassed();
    expect(rig.expectPrefix(join(disk, 'r.qmptap'))[0]!.s2c).toBeGreaterThanOrEqual(before);
    expect(rig.told().filter((line) => line.includes('recording stopped'))).toHaveLength(1);
  });
});

describe('a recording whose surroundings change', () => {
  rootTest(
    'in a folder that may not be written any more: it goes on, and nothing is missing',
    async (context) => {
      const nobody = { uid: 65534, gid: 65534 };
      if (spawnSync(process.execPath, ['dist/cli/main.js', '--version'], nobody).status !== 0) {
        context.skip('this folder is closed to who is not root');
      }
      const folder = testFolder();
      chmodSync(folder, 0o777);
      // Root may write anywhere, so this recorder is not root; a small limit makes it want another file soon.
      const rig = await Rig.start({ folder, spawn: nobody, open: true });
      const peers = await recorded(rig);
      chmodSync(folder, 0o555);
      peers.server.flood(50_000, 20e6);
      await until('the flood', () => peers.client.received.length >= 20e6);
      await goesOn(rig, peers);
      chmodSync(folder, 0o777);
      await rig.endWhole();
      expect(rig.told()).toEqual([]);
    },
  );

  test("SQLite's log removed by somebody: nothing is missing", async () => {
    const rig = await Rig.start();
    const peers = await recorded(rig);
    const log = `${rig.file}-wal`;
    rmSync(log);
    rmSync(`${rig.file}-shm`);
    await until('a new log', () => existsSync(log));
    await goesOn(rig, peers);
    await rig.endWhole();
    expect(rig.told()).toEqual([]);
    expect(readdirSync(rig.folder).filter((name) => name.startsWith('r.'))).toEqual(['r.qmptap']);
  });

  test("its lock's file removed by somebody: no reader takes it for one that was cut off", async () => {
    const rig = await Rig.start();
    const peers = await recorded(rig);
    rmSync(`${rig.file}-lock`);
    await until('another lock', () => existsSync(`${rig.file}-lock`));
    rig.expectPrefix();
    await goesOn(rig, peers);
    expect(await rig.end()).toBe(143);
    rig.expectWhole();
    expect(rig.incomplete()).toBeUndefined();
  });
});
