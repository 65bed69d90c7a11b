import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { FoundSocket } from '../../../src/launch/host/places.js';
import { fullName, vmArguments } from '../../../src/launch/host/vm-process.js';
import { testFolder } from '../../support/folder.js';
import { start } from '../../support/process.js';
import { until } from '../../support/until.js';
import { commandLineOf } from '../../support/libvirt.js';

const found = (name: string, state: string | undefined): FoundSocket => ({
  ...{ path: '/x/monitor.sock', dialect: 'qmp', vm: 'x', name, state },
});

/** A process with these arguments. */
async function sleeper(...argv: readonly string[]): Promise<number> {
  const { pid } = start('sh', ['-c', 'read x', ...argv], {
    argv0: '/usr/bin/qemu-system-x86_64',
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  await until('its arguments', () => commandLineOf(pid).includes(argv.at(-1) ?? ''));
  return pid;
}

describe('the whole name of a VM', () => {
  test('is that of its folder, as long as that is not cut off', () => {
    expect(fullName(found('web1', testFolder()))).toBe('web1');
    expect(fullName(found('a-name-longer-than-t', undefined))).toBe('a-name-longer-than-t');
  });

  test('is found in what libvirt writes down, if only one VM can be meant', () => {
    const state = testFolder();
    expect(fullName(found('a-name-longer-than-t', state))).toBe('a-name-longer-than-t');
    writeFileSync(join(state, 'a-name-longer-than-twenty.pid'), '1');
    writeFileSync(join(state, 'a-name-longer-than-twenty.xml'), '');
    mkdirSync(join(state, 'channel'));
    expect(fullName(found('a-name-longer-than-t', state))).toBe('a-name-longer-than-twenty');
    writeFileSync(join(state, 'a-name-longer-than-thirty.xml'), '');
    expect(fullName(found('a-name-longer-than-t', state))).toBe('a-name-longer-than-t');
  });
});

describe("QEMU's arguments, without secrets", () => {
  test("of the process that libvirt's note names, unless another VM has its number by now", async () => {
    const state = testFolder();
    const pid = await sleeper('-name', 'guest=web1', '-object', 'secret,id=s,data=hush');
    writeFileSync(join(state, 'web1.pid'), String(pid));
    const text = vmArguments(found('web1', state), { address: '', pid: 1 });
    expect(text).toMatch(/guest=web1/);
    expect(text).not.toMatch(/hush/);
    const long = 'a-name-longer-than-twenty';
    writeFileSync(join(state, `${long}.pid`), String(await sleeper('-name', `guest=${long}`)));
    expect(vmArguments(found(long, state), { address: '' })).toMatch(/guest=a-name-longer-than-twenty/);
    writeFileSync(join(state, 'web2.pid'), String(pid));
    expect(vmArguments(found('web2', state), { address: '' })).toBeUndefined();
    expect(vmArguments(found('web3', state), { address: '' })).toBeUndefined();
  });

  test('elsewhere of whoever made the socket, if that is a QEMU', async () => {
    const pid = await sleeper('-name', 'vm1', '-qmp', 'unix:x');
    expect(vmArguments(found('vm1', undefined), { address: '', pid })).toMatch(/-name vm1 -qmp unix:x/);
    expect(vmArguments(found('vm1', undefined), { address: '', pid: process.pid })).toBeUndefined();
    expect(vmArguments(found('vm1', undefined), { address: '' })).toBeUndefined();
  });
});
