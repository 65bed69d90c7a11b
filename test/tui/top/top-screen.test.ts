import { describe, expect, onTestFinished, test } from 'vitest';
import type { MonitorRow } from '../../../src/inspect/top/monitor-activity.js';
import { showTop, type TopScreen } from '../../../src/tui/top/top-screen.js';
import { TestScreen } from '../../support/screen.js';

function row(name: string, more: Partial<MonitorRow> = {}): MonitorRow {
  return {
    ...{ name, monitor: 'qmp', file: `${name}.qmptap`, session: 1, client: 'libvirtd, pid 812', held: 60 },
    ...{ others: 0, pending: 0, oldest: undefined, errors: 0, rate: 1, slowest: undefined },
    ...more,
  };
}

const rows = [
  row('web1', { rate: 5 }),
  row('db', { pending: 1, oldest: { command: 'query-block', seconds: 7 } }),
  row('mail', { errors: 3 }),
];

function open(
  shown: () => readonly MonitorRow[],
  screen = new TestScreen(84, 12),
): { screen: TestScreen; top: TopScreen } {
  const terminal = { input: screen.input, output: screen.output, env: screen.env };
  const top = showTop({ terminal, place: '/r', rows: shown, sort: 'waiting', filter: '' });
  onTestFinished(() => {
    top.close();
  });
  return { screen, top };
}

/** The first word of each line between the heading and the status. */
function names(screen: TestScreen): string[] {
  return screen
    .lines()
    .slice(2, -2)
    .flatMap((line) => /^ (\S+)/.exec(line)?.[1] ?? []);
}

describe('the screen of top', () => {
  test('shows who waits longest first, sorts, and filters', async () => {
    const { screen } = open(() => rows);
    await screen.shows('3 monitors · 1 pending · 3 errors in the last minute · 7.0/s');
    expect(names(screen)).toEqual(['db', 'mail', 'web1']);
    expect(screen.lines()[1]).toContain('waiting*');
    expect(screen.lines()[2]).toMatch(/^ db .* 1m00s +1  7\.0s query-block .* 1\.0/);
    screen.type('>');
    await screen.shows('errors*');
    expect(names(screen)).toEqual(['mail', 'db', 'web1']);
    screen.type('<<');
    await screen.shows('pending*');
    screen.type('/WEB\r');
    await screen.shows('1 of 3 monitors');
    expect(names(screen)).toEqual(['web1']);
    screen.type('/x\r');
    await screen.shows('no name has that text');
    screen.type('\u001b');
    await screen.shows(/^ 3 monitors/m);
  });

  test('the focus stays on its row when the order changes, and Enter opens it', async () => {
    const { screen, top } = open(() => rows);
    await screen.shows('3 monitors');
    screen.type('j>');
    await screen.shows('errors*');
    expect(names(screen)[0]).toBe('mail');
    screen.type('\r');
    const { open: opened, sort } = await top.finished;
    expect([opened?.name, sort]).toEqual(['mail', 'errors']);
  });

  test('more rows than lines scroll; a narrow terminal keeps each line whole', async () => {
    const many = Array.from({ length: 50 }, (_, at) => row(`vm${at + 100}`));
    const { screen } = open(() => many, new TestScreen(60, 10));
    await screen.shows('50 monitors');
    expect(names(screen)).toHaveLength(6);
    screen.type('G');
    await screen.shows('vm149');
    screen.type('g');
    await screen.shows('vm100');
    for (const line of screen.lines()) expect(line.length).toBeLessThanOrEqual(60);
  });

  test('what fails ends it, after the terminal was given back', async () => {
    const { screen, top } = open(() => {
      throw new Error('no folder');
    });
    await expect(top.finished).rejects.toThrow('no folder');
    expect(screen.input.isRaw).toBe(false);
  });

  test('nothing recorded, and q', async () => {
    const { screen, top } = open(() => []);
    await screen.shows('no monitor has a client that is recorded here');
    screen.type('\rq');
    expect((await top.finished).open).toBeUndefined();
  });
});
