import { existsSync, statSync, utimesSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { JournalReader } from '../../src/store/journal/journal-reader.js';
import { openRecording } from '../../src/store/index/open.js';
import { run } from '../support/process.js';
import { Rig } from '../support/fault-rig.js';
import { until } from '../support/until.js';

const kills = 100;
/** Recorders that run at once. */
const together = 5;

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What the journal holds of either direction; nothing if it is not there. */
function journaled(path: string): { c2s: number; s2c: number } {
  const seen = { c2s: 0, s2c: 0 };
  if (!existsSync(`${path}-journal-1`)) return seen;
  const journal = new JournalReader(path, 1);
  while (
    journal.readBlock(({ type, dir, payload }) => {
      if (type === 'chunk') seen[dir] += payload.length;
    }) !== 'end'
  );
  journal.close();
  return seen;
}

/**
 * Moments are told by what has passed, so that they are the same on a slow machine: while it starts, after so
 * many bytes, and while it ends. Gives nothing if the recorder had not even put its lock beside the file: then there
 * is nothing yet, and that is said.
 */
async function killAtRandom(draw: () => number): Promise<Rig | undefined> {
  const kind = draw();
  const bytes = Math.floor(1.5e6 ** draw());
  const turns = Math.floor(draw() * 40);
  const size = Math.floor(5e4 ** draw());
  const starting = kind < 0.1;
  const rig = await (starting ? Rig.startUnready() : Rig.start());
  let seen = { c2s: 0, s2c: 0 };
  if (starting) {
    await until('the file', () => existsSync(rig.file));
  } else {
    const { client, server } = await rig.connect();
    client.keepBusy(1 + Math.floor(draw() * 16));
    if (draw() < 0.7) server.flood(size, 8e6);
    await until(`${bytes} bytes`, () => client.received.length >= bytes || client.received.length >= 8e6);
    if (kind > 0.85) rig.recorder.signal('SIGTERM');
  }
  for (let turn = 0; turn < turns; turn++) await (kind > 0.85 ? sleep(1) : new Promise(setImmediate));
  if (kind <= 0.85) seen = journaled(rig.file);
  rig.recorder.signal('SIGKILL');
  await rig.recorder.ended;
  // The start of a recorder is waited for, unless it was long ago.
  utimesSync(rig.file, 1, 1);
  if (starting && statSync(rig.file).size === 0 && !existsSync(`${rig.file}-lock`)) {
    expect(() => openRecording(rig.file)).toThrow('it is empty, no recording');
    return undefined;
  }
  for (const kept of rig.expectPrefix()) {
    expect(kept.c2s).toBeGreaterThanOrEqual(seen.c2s);
    expect(kept.s2c).toBeGreaterThanOrEqual(seen.s2c);
  }
  // What passed is what was sent, too, as far as it came.
  for (const [place, client] of rig.clients.entries()) {
    const sent = rig.servers[place]!.sent.bytes();
    expect(client.received.bytes().equals(sent.subarray(0, client.received.length))).toBe(true);
  }
  return rig;
}

test(`kill -9 at ${kills} random moments leaves a sound prefix`, { timeout: 180_000 }, async () => {
  const seed = Number(process.env['QMPTAP_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
  const draw = random(seed);
  try {
    for (let killed = 0; killed < kills; killed += together) {
      const draws = Array.from({ length: together }, () => random(Math.floor(draw() * 2 ** 31)));
      const [rig] = await Promise.all(draws.map(killAtRandom));
      if (killed % 20 > 0 || rig === undefined) continue;
      expect(await run(['check', rig.file])).toMatchObject({ code: 0, stderr: '' });
    }
  } catch (error) {
    throw new Error(`with QMPTAP_SEED=${seed}`, { cause: error });
  }
});
