import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { OwnHolder } from '../../../../src/launch/host/store/own-holder.js';
import { testFolder } from '../../../support/folder.js';
import { processesOf } from '../../../support/libvirt.js';
import { until } from '../../../support/until.js';

function rig(script: string) {
  const folder = testFolder();
  const told: string[] = [];
  let renewals = 0;
  const holder = new OwnHolder({
    command: ['sh', '-c', script, 'sh', folder],
    running: undefined,
    renewed: () => renewals++,
    trouble: (line) => told.push(line),
  });
  const processes = (): number[] => processesOf(folder);
  onTestFinished(() => {
    holder.close();
    for (const pid of processes()) process.kill(pid, 'SIGKILL');
  });
  return { folder, told, holder, processes, renewals: () => renewals };
}

test('it holds before the start is over; another is started when it dies', async () => {
  const { holder, processes, renewals, told } = rig('echo >&3; exec 3>&-; while :; do sleep 9; done');
  await holder.start();
  const [pid = -1] = processes();
  expect(renewals()).toBe(0);
  process.kill(pid, 'SIGKILL');
  await until('another holder', () => renewals() === 1);
  expect(processes().filter((one) => one !== pid)).not.toEqual([]);
  expect(told).toEqual([]);
});

test('one that cannot be started is told of once, and tried again', async () => {
  const { folder, holder, renewals, told } = rig(
    '[ -e "$1/first" ] || { : > "$1/first"; exit 7; }; echo >&3; exec 3>&-; while :; do sleep 9; done',
  );
  await holder.start();
  expect(existsSync(join(folder, 'first'))).toBe(true);
  expect(told).toEqual([expect.stringMatching(/its holder cannot be started \(it ended with code 7\)/)]);
  await until('a holder', () => renewals() === 1);
});

test('it follows the holder that started us, and none after the end', async () => {
  const { holder, processes, renewals } = rig('echo >&3; exec 3>&-; while :; do sleep 9; done');
  await holder.start();
  holder.close();
  for (const pid of processes()) process.kill(pid, 'SIGKILL');
  await until('it to end', () => processes().length === 0);
  expect(renewals()).toBe(0);
});
