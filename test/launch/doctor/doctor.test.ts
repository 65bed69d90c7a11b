import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { quoted } from '../../../src/text/command-line.js';
import { examine } from '../../../src/launch/doctor/doctor.js';
import type { Finding } from '../../../src/launch/doctor/finding.js';
import { recordingScript } from '../../../src/launch/emulator/emulator-script.js';
import { testFolder } from '../../support/folder.js';
import { findProgram } from '../../support/programs.js';
import { run } from '../../support/process.js';

const bash = findProgram('bash') ?? '/bin/bash';

interface Lab {
  readonly path: string;
  readonly recordings: string;
  /** Stands for `/`. */
  readonly root: string;
}

/** An emulator with all that it needs, on a machine with these files. */
function lab(files: Readonly<Record<string, string>> = {}): Lab {
  const folder = testFolder();
  const [path, recordings, root] = [
    join(folder, 'emulator'),
    join(folder, 'recordings'),
    join(folder, 'root'),
  ];
  mkdirSync(recordings);
  const recorder = [
    process.execPath,
    'dist/cli/main.js',
    'interpose',
    '--qemu',
    bash,
    '--recordings',
    recordings,
  ];
  const absolute = recorder.with(1, join(process.cwd(), 'dist/cli/main.js'));
  writeFileSync(
    path,
    recordingScript({ bash, version: 'qmptap 0', qemu: bash, recorder: absolute, probe: false }),
  );
  chmodSync(path, 0o755);
  for (const [name, text] of Object.entries({ '/etc/libvirt/qemu.conf': 'user = "root"\n', ...files })) {
    mkdirSync(join(root, name, '..'), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  return { path, recordings, root };
}

const troubles = (findings: readonly Finding[]): string[] =>
  findings.filter(({ state }) => state !== 'good').map(({ what, remedy }) => `${what}\n${remedy ?? ''}`);

describe('the doctor', () => {
  test('finds nothing wrong where nothing is', () => {
    const { path, root } = lab();
    expect(troubles(examine({ subject: path, root }))).toEqual([]);
  });

  test('prints commands that can be pasted, whatever a folder is called', () => {
    const { path, root } = lab();
    const folder = join(path, '..', "$(touch pwned) '; x");
    const emulator = join(path, '..', '`id`; y');
    const recorder = [process.execPath, join(process.cwd(), 'dist/cli/main.js'), 'interpose', '--recordings'];
    const script = { bash, version: 'qmptap 0', qemu: bash, recorder: [...recorder, folder], probe: false };
    writeFileSync(emulator, recordingScript(script), { mode: 0o644 });
    const said = troubles(examine({ subject: emulator, root })).join('\n');
    for (const word of [folder, emulator]) {
      const safe = quoted(word);
      expect(said).toContain(safe);
      const [, , ...words] = spawnSync(bash, ['-c', `printf '%s\\0' install -d ${safe}`], {
        encoding: 'utf8',
      })
        .stdout.split('\0')
        .slice(0, -1);
      expect(words).toEqual([word]);
    }
    expect(said).toMatch(/install -d -m 0700 '/);
    expect(said).toMatch(/chmod 755 '/);
  });

  test('runs nothing that others may change', () => {
    const { path, root } = lab();
    const folder = join(path, '..');
    const [node, ran] = [join(folder, 'node'), join(folder, 'ran')];
    writeFileSync(node, `#!${bash}\n: > '${ran}'\n`);
    chmodSync(node, 0o777);
    const recorder = [node, 'main.js', 'interpose', '--recordings', folder];
    writeFileSync(path, recordingScript({ bash, version: 'qmptap 0', qemu: bash, recorder, probe: false }));
    const said = troubles(examine({ subject: path, root })).join('\n');
    expect(said).toContain(`others may change ${node}\nchown root ${node}; chmod go-w ${node}`);
    expect(said).toContain('not tried, since others may change them');
    expect(existsSync(ran)).toBe(false);
  });

  test('says when the file is no emulator, or is not there', () => {
    const { root } = lab();
    const other = join(root, 'qemu');
    writeFileSync(other, '#!/bin/sh\n');
    expect(troubles(examine({ subject: other, root }))[0]).toContain(
      `${other} is no emulator of qmptap's\nwrite one with: qmptap emulator`,
    );
    expect(() => examine({ subject: '/no/such/file', root })).toThrow('/no/such/file: there is no such file');
  });

  test('says when the folder is missing or the file cannot be executed', () => {
    const { path, recordings, root } = lab();
    chmodSync(path, 0o644);
    writeFileSync(join(root, 'file'), '');
    const text = recordingScript({
      ...{ bash, version: 'qmptap 0', qemu: '/no/qemu', probe: false },
      recorder: [process.execPath, '/no/main.js', 'interpose', '--recordings', `${recordings}/missing`],
    });
    writeFileSync(path, text);
    const found = troubles(examine({ subject: path, root })).join('\n');
    expect(found).toContain(`can run ${path}: no\nchmod 755 ${path}`);
    expect(found).toContain('can run /no/qemu: no');
    expect(found).toContain('/no/main.js: no: ');
    expect(found).toContain(`can write in ${recordings}/missing: no\ninstall -d -m 0700`);
  });

  const apparmor = '/sys/module/apparmor/parameters/enabled';
  const local = '/etc/apparmor.d/local/abstractions/libvirt-qemu';

  test('as root, names the lines that AppArmor needs, and is content with them', () => {
    if (process.getuid?.() !== 0) return;
    const { path, recordings, root } = lab({ [apparmor]: 'Y\n' });
    const [found] = troubles(examine({ subject: path, root }));
    expect(found).toContain(`add to ${local}`);
    expect(found).toContain(`  ${path} rmix,`);
    expect(found).toContain(`  ${recordings}/** rwk,`);
    const rules = found!.split('\n').slice(2).join('\n');
    mkdirSync(join(root, local, '..'), { recursive: true });
    writeFileSync(join(root, local), rules);
    expect(troubles(examine({ subject: path, root }))).toEqual([]);
  });

  test('leaves AppArmor alone where libvirt does', () => {
    const { path, root } = lab({ [apparmor]: 'Y\n', '/etc/libvirt/qemu.conf': 'security_driver = "none"\n' });
    expect(troubles(examine({ subject: path, root }))).toEqual([]);
  });

  test("as root, looks with the eyes of QEMU's user", () => {
    if (process.getuid?.() !== 0) return;
    const { path, root } = lab({
      '/etc/libvirt/qemu.conf': 'user = "guests"\n',
      '/etc/passwd': 'root:x:0:0::/:\nguests:x:64123:64123::/:\n',
    });
    const found = troubles(examine({ subject: path, root })).join('\n');
    // A test's folder may not be entered by others.
    expect(found).toContain(`guests can run ${path}: no`);
  });

  test('on the command line, ends with 1 if something is in the way', async () => {
    const { path } = lab();
    expect(await run(['doctor', '/bin/sh'])).toMatchObject({ code: 1 });
    const { stdout } = await run(['doctor', path]);
    expect(stdout).toContain(`ok   ${path} is an emulator of qmptap's, recording`);
    expect(await run(['doctor', '/no/such/file'])).toMatchObject({ code: 2 });
  });

  test('asks virsh which emulator a VM has, and says when virsh cannot tell', async () => {
    const { path, root } = lab();
    const renamed = join(root, `R&D's "one"`);
    renameSync(path, renamed);
    const written = renamed.replaceAll('&', '&amp;').replaceAll("'", '&apos;').replaceAll('"', '&quot;');
    const virsh = `#!${bash}\necho '<emulator>${written}</emulator>'\n`;
    writeFileSync(join(root, 'virsh'), virsh, { mode: 0o755 });
    const { stdout } = await run(['doctor', 'vm'], { env: { PATH: root } });
    expect(stdout).toContain(`ok   ${renamed} is an emulator of qmptap's, recording`);

    const without = { env: { PATH: join(root, 'nothing') } };
    const asked = await run(['doctor', 'vm'], without);
    expect(asked.code).toBe(2);
    expect(asked.stderr).toMatch(
      /^qmptap: doctor: virsh cannot be run \(.*\); .* or give the emulator's path\n$/,
    );
    const told = await run(['doctor', '--connect', 'qemu:///system', renamed], without);
    expect(told.stdout).toContain('is an emulator of qmptap');
    expect(told.stderr).toBe('');
  });
});
