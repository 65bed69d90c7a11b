import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Finding } from '../../../src/launch/doctor/finding.js';
import { tryVm } from '../../../src/launch/doctor/try-vm.js';
import { ControlServer } from '../../../src/launch/host/control-server.js';
import { controlSocket, hostFolder, type VmAnswer } from '../../../src/launch/host/control.js';
import { testFolder } from '../../support/folder.js';
import { recordingFile } from '../../support/recording-file.js';

/** A `virsh` that does this; gives the file of what it was called with. */
function virsh(script: string): string {
  const folder = testFolder();
  const calls = join(folder, 'calls');
  writeFileSync(join(folder, 'virsh'), `#!/bin/sh\necho "$*" >> ${calls}\n${script}\n`);
  chmodSync(join(folder, 'virsh'), 0o755);
  const before = process.env['PATH'];
  process.env['PATH'] = `${folder}:${before ?? ''}`;
  onTestFinished(() => {
    process.env['PATH'] = before;
  });
  return calls;
}

/** A host that says this of the VM. */
async function hostThatSays(vm: Omit<VmAnswer, 'type' | 'label' | 'channels'>): Promise<string> {
  const recordings = testFolder();
  mkdirSync(hostFolder(recordings), { mode: 0o700 });
  const server = await ControlServer.listen(controlSocket(recordings));
  onTestFinished(() => {
    server.close();
  });
  const answer: VmAnswer = { type: 'vm', label: `qmptap-doctor-${process.pid}`, channels: [], ...vm };
  server.serve({ host: { answers: () => [answer], sessions: 0 }, leave: () => undefined });
  return recordings;
}

async function tried(recordings: string, signal = new AbortController().signal): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  await tryVm({
    ...{ connect: 'test:///x', recordings: [join(recordings, 'none'), recordings], signal },
    found: (finding) => findings.push(finding),
  });
  return findings;
}

/** A libvirt whose VM is gone once it is destroyed. */
const works = `case "$*" in *domstate*) echo 'error: no domain' >&2; exit 1;; esac`;

test('without a host nothing is started', async () => {
  const calls = virsh('exit 0');
  expect(await tried(testFolder())).toMatchObject([
    { state: 'bad', what: expect.stringMatching(/no host records into .*none or /) as string },
  ]);
  expect(() => readFileSync(calls)).toThrow(/ENOENT/);
});

test('a VM that is recorded, and destroyed', async () => {
  const calls = virsh(works);
  const file = join(testFolder(), 'vm.qmptap');
  await recordingFile(file, [
    '<- {"QMP": {"version": {"qemu": {"micro": 0, "minor": 2, "major": 7}, "package": ""}, "capabilities": []}}',
    '-> {"execute": "qmp_capabilities", "id": 1}',
    '<- {"return": {}, "id": 1}',
  ]);
  const findings = await tried(await hostThatSays({ state: 'recorded', file }));
  expect(findings.map(({ state }) => state)).toEqual(['good', 'good', 'good', 'good']);
  expect(findings[2]?.what).toBe(`it is recorded from its first byte, in ${file}`);
  expect(
    readFileSync(calls, 'utf8')
      .split('\n')
      .map((line) => line.split(' ')[3]),
  ).toEqual([...['create', 'destroy', 'domstate', undefined]]);
});

test('a host that was too late, and one that is interrupted: the VM is destroyed', async () => {
  const calls = virsh(works);
  const recordings = await hostThatSays({ state: 'direct', reason: 'its client was faster' });
  expect((await tried(recordings))[2]).toMatchObject({
    ...{ state: 'bad', what: 'the host was too late, and the VM is not recorded: its client was faster' },
    remedy: expect.stringMatching(/qmptap host install/) as string,
  });
  const interrupted = await tried(recordings, AbortSignal.abort());
  expect(interrupted.map(({ what }) => what).join('; ')).toMatch(
    /^a host records [^;]*; libvirt has started [^;]*; qmptap-doctor-\d+ is destroyed$/,
  );
  expect(readFileSync(calls, 'utf8').match(/ destroy /g)).toHaveLength(2);
});

test.each([
  [
    "error: failed to connect to the hypervisor\nerror: Failed to connect socket to '/x'",
    /systemctl start libvirtd/,
  ],
  ['error: authentication failed', /run as root/],
  ['error: unsupported configuration: Emulator is missing', /install QEMU/],
  ['error: something else', /journalctl/],
])('libvirt starts no VM: %s', async (said, remedy) => {
  virsh(`case "$*" in *create*|*domstate*) printf '%s\\n' ${JSON.stringify(said)} >&2; exit 1;; esac`);
  const findings = await tried(await hostThatSays({ state: 'waiting' }));
  expect(findings[1]).toMatchObject({ state: 'bad', remedy: expect.stringMatching(remedy) as string });
  expect(findings[1]?.what).toMatch(/^libvirt starts no VM: [^\n]+$/);
});

test('a VM that cannot be destroyed is named, with what to do', async () => {
  virsh('exit 0');
  const findings = await tried(await hostThatSays({ state: 'direct', reason: '' }));
  expect(findings.at(-1)).toMatchObject({
    ...{ state: 'bad', what: `qmptap-doctor-${process.pid} is left` },
    remedy: `virsh destroy qmptap-doctor-${process.pid}`,
  });
});
