import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Decisions } from '../../../../src/launch/host/install/decisions.js';
import { testFolder } from '../../../support/folder.js';

test("a file for each monitor of libvirt's, from the decision to its end", () => {
  const folder = join(testFolder(), 'decided');
  const decisions = new Decisions(folder);
  const lib = '/var/lib/libvirt/qemu';
  for (const path of [
    `${lib}/domain-1-a/monitor.sock`,
    `${lib}/domain-2-b c/monitor.sock`,
    `${lib}/channel/target/domain-3-x/org.qemu.guest_agent.0`,
    '/run/vm/1/qmp.sock',
    '/x/domain-/monitor.sock',
  ])
    decisions.add(path);
  expect(readdirSync(folder).sort()).toEqual(['domain-1-a', 'domain-2-b c']);
  decisions.forget(`${lib}/domain-1-a/monitor.sock`);
  decisions.forget(`${lib}/domain-2-b c`); // the whole folder has gone
  decisions.forget('/run/vm');
  expect(readdirSync(folder)).toEqual([]);
  decisions.add(`${lib}/domain-1-a/monitor.sock`);
  expect(readdirSync(join(folder, '..'))).toEqual(['decided']);
  new Decisions(folder);
  expect(readdirSync(folder)).toEqual([]);
  decisions.remove();
  decisions.add(`${lib}/domain-1-a/monitor.sock`); // nowhere to write: the hook waits its second
});
