/** The soak's script in a few seconds: it runs, changes files, and finds every byte; it can fail, too. */
import { describe, expect, test } from 'vitest';
import { type Running, startScript } from '../support/process.js';
import { rises } from './flatness.js';

const startSoak = (...args: string[]): Running => startScript('test/soak/run.ts', args);

describe('the soak', () => {
  test('finds all bytes of all sessions in all files', async () => {
    const soak = startSoak('3s', '--', '--max-sessions', '2', '--keep', '1000');
    expect(await soak.ended, soak.stdout() + soak.stderr()).toBe(0);
    const [, files] = /sessions and (\d+) files: every byte was kept, in order/.exec(soak.stdout()) ?? [];
    expect(Number(files)).toBeGreaterThan(2);
  });

  test('fails if a session is in no recording', async () => {
    const soak = startSoak('5s', '--', '--max-sessions', '1', '--keep', '1');
    expect(await soak.ended).toBe(1);
    expect(soak.stdout()).toMatch(/session \d+: in no recording/);
  });

  test.each(['1x', '--rate', 'fast'])('asks for the time in words that it knows: %s', async (word) => {
    const soak = startSoak(word);
    expect(await soak.ended).toBe(2);
    expect(soak.stderr()).toContain('npm run soak -- [30s|10m|24h]');
  });

  test('tells growth from noise', () => {
    const samples = Array.from({ length: 60 }, (_, at) => ({
      seconds: at * 10,
      steady: 50 + (at % 7),
      growing: 50 + (at % 7) + at * 0.1,
      warming: at < 10 ? at * 10 : 100,
      spiky: at % 10 === 3 ? 500 : 50,
    }));
    const rose = rises(samples, ['steady', 'growing', 'warming', 'spiky']);
    expect(rose?.steady).toBeCloseTo(0, 0);
    expect(rose?.growing).toBeCloseTo(4.4, 0);
    expect(rose?.warming).toBe(0);
    expect(rose?.spiky).toBe(0);
    expect(rises(samples.slice(0, 10), ['steady'])).toBeUndefined();
  });
});
