import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openRecording } from '../../src/store/index/open.js';
import { killableThread, type Peers, Rig } from '../support/fault-rig.js';
import { until } from '../support/until.js';

/** Another program keeps the recording's tables to itself, until it is told to let go. */
async function lockTables(path: string): Promise<{ release(): Promise<void> }> {
  const script = `
    import { openSqlite } from ${JSON.stringify(resolve('dist/store/disk/sqlite.js'))};
    const db = openSqlite(process.argv[1], { timeout: 20_000 });
    db.exec('BEGIN EXCLUSIVE');
    process.stdout.write('locked');
    process.stdin.once('data', () => { db.close(); process.exit(); });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, path], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return {
    async release() {
      const ended = once(child, 'exit');
      child.stdin.write('.');
      await ended;
    },
  };
}

async function tables(rig: Rig): Promise<Peers> {
  const peers = await rig.connect();
  await peers.client.converse(5);
  await rig.tabled();
  return peers;
}

describe('a recording that another program keeps locked', () => {
  test('waits in its journal, and goes on by itself', async () => {
    const rig = await Rig.start();
    const { client, server } = await tables(rig);
    const lock = await lockTables(rig.file);
    server.flood(1000, 3e6);
    await client.converse(20);
    await rig.recorder.says(/indexing waits: another program keeps it locked; traffic is still kept/);
    await client.converse(5);
    await lock.release();
    await until('what has waited', () => {
      using live = openRecording(rig.file);
      return live.count() > 2500;
    });
    await client.end();
    await rig.endWhole();
    expect(rig.told()).toHaveLength(1);
  });

  test('to the very end: ends all the same, and is completed by the next one to open it', async () => {
    const rig = await Rig.start({ flags: ['--quiet', '--once'] });
    const { client, server } = await tables(rig);
    const lock = await lockTables(rig.file);
    server.flood(1000, 1e6);
    await client.converse(20);
    await client.end();
    expect(await rig.recorder.ended).toBe(1);
    expect(rig.told().at(-1)).toMatch(
      /incomplete: another program keeps it locked; the rest is recovered when it is next opened$/,
    );
    expect(existsSync(`${rig.file}-journal-1`)).toBe(true);
    await lock.release();
    rig.expectAllPassed();
    rig.expectWhole();
    expect(rig.incomplete()).toBeUndefined();
  });

  test('only at the very end: ends all the same', async () => {
    const rig = await Rig.start({ flags: ['--quiet', '--once'] });
    const { client } = await tables(rig);
    const lock = await lockTables(rig.file);
    // What is not indexed yet is found together with the wish to end.
    client.command();
    await client.end();
    expect(await rig.recorder.ended).toBe(1);
    await lock.release();
    rig.expectWhole();
  });
});

/** The first thread has so little memory that its heap is full as soon as it has something to do. */
const poorThread = `data:text/javascript,${encodeURIComponent(`
  import threads from 'node:worker_threads';
  import { syncBuiltinESMExports } from 'node:module';
  const { Worker } = threads;
  threads.Worker = class extends Worker {
    constructor(script, options) {
      super(script, { ...options, resourceLimits: { maxOldGenerationSizeMb: 6, maxYoungGenerationSizeMb: 1 } });
      threads.Worker = Worker;
      syncBuiltinESMExports();
    }
  };
  syncBuiltinESMExports();`)}`;

describe('a recorder whose thread dies', () => {
  test.each([
    ['ended by somebody', killableThread, 'its thread ended'],
    ['out of memory', poorThread, '.*memory.*'],
  ])('%s: the traffic goes on, is kept, and is in the file at the end', async (_how, preload, why) => {
    const rig = await Rig.start({ node: ['--import', preload] });
    const { client, server } = await rig.connect();
    await client.converse(5);
    if (preload === killableThread) rig.recorder.signal('SIGCONT');
    else server.flood(1000, 1e6);
    await rig.recorder.says(new RegExp(`indexing was interrupted: ${why}; it goes on, and nothing is lost`));
    server.flood(1000, 3e6);
    await client.converse(20);
    await client.end();
    await rig.endWhole();
    expect(rig.told()).toHaveLength(1);
  });
});
