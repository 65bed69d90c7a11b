/**
 * What the pages do with libvirt (`<!-- libvirt -->` before a block): every command as it is written and in its
 * order, under a libvirtd of the test's own. What a page puts into the system's folders goes into the test's.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { createDisk, Libvirt } from '../support/libvirt.js';
import { labTest } from '../support/programs.js';
import { blocksIn, commandsIn, pages } from './documents.js';
import { environmentOf, Place, type Ran } from './place.js';
import { inThisPlace, runShown } from './running.js';

const programs = ['libvirtd', 'virsh', 'unshare', 'qemu-system-x86_64', 'qemu-img', 'socat'];

const withLibvirt = pages
  .map((page) => ({ page, blocks: blocksIn(page).filter(({ notes }) => notes.has('libvirt')) }))
  .filter(({ blocks }) => blocks.length > 0);

describe.each(withLibvirt)('$page', ({ page, blocks }) => {
  labTest(...programs)(
    'every command with libvirt runs as it is written',
    async () => {
      await using libvirt = await Libvirt.start();
      const place = await placeUnder(libvirt);
      for (const { line, command } of commandsIn(blocks)) {
        const { code, output } = await runUnder(libvirt, place, command);
        const where = `${page}:${String(line)}: ${command}`;
        expect({ where, code, output }).toEqual({ where, code: 0, output });
      }
      expect(await libvirt.virsh('list')).toContain('web1');
    },
    300_000,
  );
});

/** With a VM called `web1`, and an editor for `virsh edit` that puts the emulator in. */
async function placeUnder(libvirt: Libvirt): Promise<Place> {
  const { files } = libvirt;
  const editor = join(files, 'editor');
  const script = `#!/bin/sh\nsed -i 's#<emulator>.*</emulator>#<emulator>${files}/qmptap-qemu</emulator>#' "$1"\n`;
  writeFileSync(editor, script, { mode: 0o755 });
  await libvirt.define('web1', '/usr/bin/qemu-system-x86_64');
  await createDisk(join(files, 'disk.qcow2'));
  return new Place(files, {
    ...environmentOf(files),
    LIBVIRT_DEFAULT_URI: libvirt.uri,
    EDITOR: editor,
    VISUAL: editor,
  });
}

async function runUnder(libvirt: Libvirt, place: Place, command: string): Promise<Ran> {
  const { files } = libvirt;
  const line = inThisPlace(command, [
    [/\/usr\/local\/bin\//g, `${files}/`],
    [/\/var\/lib\/libvirt\/qmptap\/\d+-\d+-web1/g, `${files}/recorded-here/*-web1`],
    [/\/var\/lib\/libvirt\/qmptap/g, `${files}/recorded-here`],
  ]);
  if (command.startsWith('qmptap ui')) return place.draw(line, ['query-', 'Q']);
  if (command.startsWith('qmptap emulator ./qemu --qemu')) {
    await libvirt.virsh('destroy', 'web1');
    const ran = await place.run(`mkdir recorded; ${line}`);
    await libvirt.define('web1', join(files, 'qemu'));
    await libvirt.virsh('start', 'web1');
    await libvirt.virsh('destroy', 'web1');
    return ran;
  }
  const ran = await runShown(place, line);
  if (command.startsWith('virsh start')) expect(await libvirt.virsh('domstate', 'web1')).toContain('running');
  return ran;
}
