/**
 * The README and every page of docs/, as a newcomer follows them: each in a clone of its own, every command
 * as it is written and in its order, with a real QEMU; and what is printed is what the page shows.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createDisk } from '../support/libvirt.js';
import { labTest } from '../support/programs.js';
import { type Running, start } from '../support/process.js';
import { until } from '../support/until.js';
import { cloneRepository } from './clone.js';
import { blocksIn, commandsIn, noteNames, pages, shells } from './documents.js';
import { environmentOf, fillFiles, fillRecordings, Place, type Ran } from './place.js';
import { inThisPlace, runShown } from './running.js';
import { type Block, commandsOf, missing, type ShownCommand } from './shown.js';

/** A page's place, with the QEMU that its commands talk to. */
class PagePlace extends Place {
  #qemu: Running | undefined;

  /** The QEMU of a page that starts none. */
  static readonly machine =
    'qemu-system-x86_64 -machine pc -m 64 -S -nodefaults -display none -qmp unix:qmp.sock,server=on,wait=off';

  /** Starts what a command line says, in place of one that runs. */
  async startQemu(command: string): Promise<void> {
    await this.endQemu();
    const line = command.replace(/ &$/, '');
    this.#qemu = start('bash', ['-c', `exec ${line}`], { cwd: this.folder, env: this.env });
    await until('QEMU to listen', async () => (await this.run('[ -S qmp.sock ]')).code === 0);
  }

  /** Starts a QEMU if none runs. */
  async needQemu(): Promise<void> {
    if (this.#qemu?.child.exitCode !== null) await this.startQemu(PagePlace.machine);
  }

  async endQemu(): Promise<void> {
    this.#qemu?.signal('SIGTERM');
    await this.#qemu?.ended;
    this.#qemu = undefined;
    await this.run('rm -f qmp.sock');
  }
}

const isClient = (command: string): boolean => command.startsWith('QMPTAP_ADDRESS=');

/** Runs one command of a page. */
async function runOf(place: PagePlace, command: string, all: readonly ShownCommand[]): Promise<Ran> {
  // Run while the recorder before it runs.
  if (isClient(command)) return { code: 0, output: '' };
  if (command.startsWith('qemu-system')) {
    await place.startQemu(command);
    return { code: 0, output: '' };
  }
  // A part of it is this test.
  if (command === 'npm test') return { code: 0, output: '' };
  if (/(?:--connect|-c|attach) \.\/qmp\.sock/.test(command)) await place.needQemu();
  if (/--listen \.\/qmp\.sock|^qmptap run /.test(command)) await place.endQemu();
  const client = all.find((other) => isClient(other.command))?.command;
  return runShown(place, inThisPlace(command), async () => {
    if (client === undefined || !command.includes('-o boot.qmptap')) return;
    expect(await place.run(client)).toEqual({ code: 0, output: '' });
  });
}

/** A clone with the recordings that the page names, but for those that it makes. */
async function placeFor(page: string, commands: readonly ShownCommand[]): Promise<PagePlace> {
  const folder = mkdtempSync(join(tmpdir(), `qmptap-page-${basename(page, '.md')}-`));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const clone = join(folder, 'clone');
  cloneRepository(clone);
  const text = commands.map(({ command }) => command).join('\n');
  const made = Array.from(text.matchAll(/ -o ([\w.-]+)/g), ([, name = '']) => name);
  const others = made.includes('boot.qmptap') ? made : [...made, ...(await fillRecordings(clone))];
  const named = text.match(/(?<![/\w.-])[\w.-]+\.qmptap/g) ?? [];
  fillFiles(
    clone,
    named.filter((name) => !others.includes(name)),
  );
  mkdirSync(join(clone, 'recorded'));
  await createDisk(join(clone, 'disk.qcow2'));
  // What the README builds is the clone's own.
  const program = page === 'README.md' ? join(clone, 'dist/cli/main.js') : undefined;
  const place = new PagePlace(clone, environmentOf(clone, program));
  onTestFinished(() => place.endQemu());
  return place;
}

describe.each(pages)('%s', (page) => {
  const all = blocksIn(page);
  const here = all.filter(({ notes }) => !notes.has('libvirt') && !notes.has('confined'));
  const commands = commandsIn(here);

  test('its blocks have a known language, and its comments about them a known name', () => {
    const languages = [...shells, 'text', 'js', 'ts', 'json', 'xml'];
    expect(all.filter(({ language }) => !languages.includes(language))).toEqual([]);
    const names = all.flatMap(({ notes }) => [...notes.keys()]);
    expect(names.filter((name) => !noteNames.includes(name))).toEqual([]);
  });

  if (commands.length === 0) return;
  labTest('qemu-system-x86_64', 'qemu-img', 'python3', 'socat', 'jq')(
    'every command runs as it is written, and prints what is shown',
    async () => {
      const place = await placeFor(page, commands);
      const outputs = new Map<string, string>();
      for (const block of here) {
        if (block.notes.has('not run')) continue;
        if (shells.includes(block.language)) await followBlock(page, place, block, commands, outputs);
        else comparePicture(page, block, outputs);
      }
    },
    400_000,
  ); // prettier-ignore
});

async function followBlock(
  page: string,
  place: PagePlace,
  block: Block,
  all: readonly ShownCommand[],
  outputs: Map<string, string>,
): Promise<void> {
  const shown = commandsOf(block);
  for (const [index, { line, command, output }] of shown.entries()) {
    const code = index === shown.length - 1 ? Number(block.notes.get('exit') ?? 0) : 0;
    const where = `${page}:${String(line)}: ${command}`;
    const ran = await runOf(place, command, all);
    expect({ where, code: ran.code, output: ran.output }).toEqual({ where, code, output: ran.output });
    expect(ran.output).not.toMatch(/internal error|^\s+at /m);
    outputs.set(command, ran.output);
    if (block.notes.has('not compared')) continue;
    const lacks = missing(output, ran.output);
    expect({ where, lacks, in: ran.output }).toEqual({ where, lacks: undefined, in: ran.output });
  }
}

/** Its lines may be printed in another order: a client that does not wait for the greeting, for example. */
function comparePicture(page: string, block: Block, outputs: ReadonlyMap<string, string>): void {
  const begins = block.notes.get('printed by');
  if (begins === undefined) return;
  const where = `${page}:${String(block.line)}`;
  const [, output = ''] = [...outputs].findLast(([command]) => command.startsWith(begins)) ?? [];
  const lacks = block.text.split('\n').filter((line) => missing([line], output) !== undefined);
  expect({ where, lacks, in: output }).toEqual({ where, lacks: [], in: output });
}
