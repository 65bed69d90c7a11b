import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { putBackNews, undoLeft } from '../../../../src/cli/capture/attach/undo.js';
import { DebugLog } from '../../../../src/launch/attach/log/debug-log.js';
import { StandInDaemon } from '../../../support/virt-admin.js';

function lines(): { said: string[]; log: Parameters<typeof undoLeft>[1] } {
  const said: string[] = [];
  const say = (level: string) => (text: unknown) => said.push(`${level} ${String(text)}`);
  return {
    said,
    log: { info: say('info'), warn: say('warn'), error: say('error'), isLevelEnabled: () => true },
  };
}

/** A log whose process seems to have been killed. */
async function left(libvirt: StandInDaemon): Promise<void> {
  await DebugLog.open(libvirt.daemon, { agent: false, recording: '/r.qmptap' });
  const holder = join(libvirt.log, '../holder.json');
  writeFileSync(holder, readFileSync(holder, 'utf8').replace(/"started":"\d+"/, '"started":"before"'));
}

test('what was left is undone and told; then there is nothing', async () => {
  const libvirt = new StandInDaemon();
  const before = libvirt.filters;
  await left(libvirt);
  const { said, log } = lines();
  expect(await undoLeft(libvirt.daemon, log)).toBe(1);
  expect(said).toEqual([
    "warn an attach --log was killed: libvirt's log filters and outputs are as they were",
  ]);
  expect(libvirt.filters).toBe(before);
  expect(await undoLeft(libvirt.daemon, log)).toBe(0);
  expect(await undoLeft(undefined, log)).toBe(0);
});

test('what cannot be undone: why, and the commands', async () => {
  const libvirt = new StandInDaemon();
  await left(libvirt);
  libvirt.be('broken');
  const { said, log } = lines();
  await undoLeft(libvirt.daemon, log);
  expect(said).toEqual([
    expect.stringMatching(
      /^error an attach --log was killed: what libvirt was asked to log cannot be taken back: .*; by hand: virt-admin .* && virt-admin /,
    ),
  ]);
});

test("somebody else's changes are told", () => {
  expect(putBackNews('ours removed')).toMatchObject({
    text: expect.stringMatching(/^somebody else has changed/) as string,
    ok: true,
  });
  expect(putBackNews('daemon ended').text).toMatch(/has ended/);
});
