import { expect, test } from 'vitest';
import { openRecording } from '../../src/store/index/open.js';
import { run } from '../support/process.js';
import { Rig } from '../support/fault-rig.js';

/** The wall clock jumps at SIGUSR2: a day back, then two days on. */
const unsteadyClock = `data:text/javascript,${encodeURIComponent(`
  const jumps = [-86400e3, 172800e3];
  let offset = 0;
  const now = Date.now.bind(Date);
  Date.now = () => now() + offset;
  globalThis.Date = class extends Date {
    constructor(...words) { super(...(words.length === 0 ? [Date.now()] : words)); }
  };
  process.on('SIGUSR2', () => { offset += jumps.shift() ?? 0; process.stderr.write('jumped\\n'); });`)}`;

test('the clock set back and on: times of a session go on, and every session says when it was', async () => {
  const rig = await Rig.start({ node: ['--import', unsteadyClock] });
  for (let jump = 1; jump <= 2; jump++) {
    const { client } = await rig.connect();
    await client.converse(5);
    rig.recorder.signal('SIGUSR2');
    await rig.recorder.says(new RegExp(`(jumped[^]*){${jump}}`));
    await client.converse(5);
    await client.end();
  }
  const last = await rig.connect();
  await last.client.converse(5);
  await last.client.end();
  await rig.endWhole();
  using reader = openRecording(rig.file);
  const started = reader.sessions().map((session) => session.started / 1e6);
  const hour = 3600;
  expect(started[1]! - started[0]!).toBeLessThan(-23 * hour);
  expect(started[2]! - started[1]!).toBeGreaterThan(47 * hour);
  for (const { id } of reader.sessions()) {
    const times = [...reader.messages({ session: id })].map(({ t }) => t);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times.at(-1)! - times[0]!).toBeLessThan(hour * 1e9);
  }
  const latencies = [...reader.messages()].flatMap(({ latency }) => latency ?? []);
  expect(latencies.length).toBeGreaterThan(20);
  expect(latencies.every((latency) => latency >= 0 && latency < hour * 1e9)).toBe(true);
  for (const words of [['show'], ['ls'], ['stats'], ['check']]) {
    expect(await run([...words, rig.file])).toMatchObject({ code: 0, stderr: '' });
  }
});
