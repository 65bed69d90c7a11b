/**
 * The README's chapter on libvirt: every command as it is written and in its order, under a libvirtd of the
 * test's own. What the README puts into the system's folders is put into the test's.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { createDisk, Libvirt } from '../support/libvirt.js';
import { labTest } from '../support/programs.js';
import { environmentOf, Place, type Ran } from './place.js';
import { blocksOf, commandsOf } from './shown.js';

const commands = blocksOf(readFileSync('README.md', 'utf8'))
  .filter(({ chapter, language }) => chapter === 'Under libvirt' && language === 'sh')
  .flatMap(commandsOf);

const programs = ['libvirtd', 'virsh', 'unshare', 'qemu-system-x86_64', 'qemu-img', 'socat'];

labTest(...programs)(
  'every command of the chapter on libvirt runs as it is written',
  async () => {
    await using libvirt = await Libvirt.start();
    const { files } = libvirt;
    const editor = join(files, 'editor');
    writeFileSync(
      editor,
      `#!/bin/sh\nsed -i 's#<emulator>.*</emulator>#<emulator>${files}/qmptap-qemu</emulator>#' "$1"\n`,
      {
        mode: 0o755,
      },
    );
    const uri = `qemu+unix:///system?socket=${libvirt.folder}/run/libvirt-sock`;
    const place = new Place(files, {
      ...environmentOf(files),
      LIBVIRT_DEFAULT_URI: uri,
      EDITOR: editor,
      VISUAL: editor,
    });
    await libvirt.define('web1', '/usr/bin/qemu-system-x86_64');
    await createDisk(join(files, 'disk.qcow2'));
    const started = async (): Promise<void> => {
      expect(await libvirt.virsh('domstate', 'web1')).toContain('running');
    };
    const standIns: readonly (readonly [RegExp, string])[] = [
      [/\/usr\/local\/bin\//g, `${files}/`],
      [/\/var\/lib\/libvirt\/qmptap\/\d+-\d+-web1/g, `${files}/recorded-here/*-web1`],
      [/\/var\/lib\/libvirt\/qmptap/g, `${files}/recorded-here`],
      [/\/tmp\/qmp\.sock/g, './qmp.sock'],
    ];
    const rules: readonly (readonly [pattern: RegExp, rule: (command: string) => Promise<Ran>])[] = [
      [/^qmptap ui/, (command) => place.draw(command, ['query-', 'Q'])],
      [/^virsh start/, async (command) => {
        const ran = await place.run(command);
        await started();
        return ran;
      }],
      [/^qmptap emulator \.\/qemu --qemu/, async (command) => {
        await libvirt.virsh('destroy', 'web1');
        const ran = await place.run(`mkdir recorded; ${command}`);
        await libvirt.define('web1', join(files, 'qemu'));
        await libvirt.virsh('start', 'web1');
        await libvirt.virsh('destroy', 'web1');
        return ran;
      }],
      [/^qmptap run/, (command) => {
        const quit = `echo '{"execute":"qmp_capabilities"}{"execute":"quit"}' | socat -t9 - ./qmp.sock`;
        return place.run(`(until [ -S qmp.sock ]; do sleep 0.05; done; ${quit}) & ${command}; code=$?; wait; exit $code`);
      }],
    ]; // prettier-ignore
    expect(commands.length).toBeGreaterThan(9);
    for (const { line, command } of commands) {
      const real = standIns.reduce((text, [from, to]) => text.replaceAll(from, to), command);
      const rule =
        rules.find(([pattern]) => pattern.test(command))?.[1] ?? ((other: string) => place.run(other));
      const { code, output } = await rule(real);
      const where = `README.md:${String(line)}: ${command}`;
      // The doctor judges the machine that the test runs on.
      const fine = command.startsWith('qmptap doctor') ? [0, 1] : [0];
      expect({ where, code: fine.some((one) => one === code) ? 0 : code, output }).toEqual({
        where,
        code: 0,
        output,
      });
    }
    expect(await libvirt.virsh('list')).toContain('web1'); // played back: no QEMU runs
  },
  300_000,
);
