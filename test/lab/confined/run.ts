/**
 * Does what the documents say in a VM where libvirt is confined, and loses no VM. Needs root, debootstrap and QEMU:
 *
 *     npm run lab:confined                 without confinement, then with AppArmor, then with SELinux enforcing
 *     npm run lab:confined -- apparmor     only that
 *     npm run lab:confined -- unconfined   the same in namespaces of this machine, in minutes: nothing is confined
 *     npm run lab:confined -- apparmor --keep     lets the VM run, and says how to go on in it
 *     npm run lab:confined -- apparmor --in FOLDER store,loss     these groups of checks, in one that was kept
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { missingPrograms } from '../suite-root.js';
import { apparmorGroups } from './apparmor-checks.js';
import { type Check, runChecks } from './checks.js';
import { Container } from './container.js';
import { accelerator, Guest } from './guest.js';
import { makeImage, makeSystem } from './image.js';
import { selinuxGroups } from './selinux-checks.js';
import { unconfinedGroups } from './unconfined-checks.js';

/** What a kernel is told for each, and what is checked under it. */
const kinds = {
  unconfined: { kernel: undefined, groups: unconfinedGroups },
  apparmor: { kernel: ['security=apparmor', 'apparmor=1'], groups: apparmorGroups },
  selinux: { kernel: ['security=selinux', 'selinux=1', 'enforcing=1'], groups: selinuxGroups },
} as const;
type Kind = keyof typeof kinds;

const say = (text: string): boolean => process.stdout.write(`${text}\n`);
process.exitCode = await main();

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: { keep: { type: 'boolean', default: false }, in: { type: 'string' } },
    allowPositionals: true,
  });
  const refusal = refusalOf();
  if (refusal !== undefined) {
    process.stderr.write(`lab:confined: ${refusal}\n`);
    return 2;
  }
  const [named, groups] = positionals;
  const wanted = (Object.keys(kinds) as Kind[]).filter((kind) => named === undefined || kind === named);
  if (wanted.length === 0) {
    process.stderr.write(`lab:confined: ${String(named)}: one of ${Object.keys(kinds).join(', ')}\n`);
    return 2;
  }
  let failed = 0;
  for (const kind of wanted) {
    const checks = checksOf(kind, groups?.split(','));
    failed +=
      values.in === undefined ? await inOwn(kind, checks, values.keep) : await inKept(values.in, checks);
  }
  say(failed === 0 ? 'all passed' : `${String(failed)} failed`);
  return failed === 0 ? 0 : 1;
}

function refusalOf(): string | undefined {
  if (process.getuid?.() !== 0) return 'needs root, to make the disk of a VM: run it as root';
  const missing = missingPrograms(
    'debootstrap',
    'flock',
    'mke2fs',
    'pivot_root',
    'qemu-system-x86_64',
    'unshare',
  );
  if (missing.length > 0) return `not installed: ${missing.join(', ')}`;
  return undefined;
}

function checksOf(kind: Kind, names: readonly string[] | undefined): Check[] {
  const groups: Readonly<Record<string, readonly Check[]>> = kinds[kind].groups;
  return Object.entries(groups).flatMap(([name, checks]) => ((names?.includes(name) ?? true) ? checks : []));
}

async function inOwn(kind: Kind, checks: readonly Check[], keep: boolean): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'qmptap-confined-'));
  const begun = performance.now();
  const since = (): string => `${String(Math.round((performance.now() - begun) / 1000))} s`;
  const { kernel } = kinds[kind];
  try {
    if (kernel === undefined) {
      await using container = await Container.start(makeSystem(folder));
      say(`${kind}: started after ${since()}`);
      return await runChecks(container, checks);
    }
    const image = makeImage(folder, { selinux: kind === 'selinux' });
    const chosen = accelerator(image);
    say(`${kind}: booting with ${chosen} after ${since()}`);
    const guest = await Guest.boot({ folder, image, accelerator: chosen, kernel });
    say(`${kind}: booted after ${since()}`);
    try {
      return await runChecks(guest, checks);
    } finally {
      if (keep) guest.leave();
      else await guest[Symbol.asyncDispose]();
    }
  } finally {
    if (keep) say(`it runs in ${folder}: npm run lab:confined -- ${kind} --in ${folder} GROUPS`);
    else rmSync(folder, { recursive: true });
  }
}

async function inKept(folder: string, checks: readonly Check[]): Promise<number> {
  const guest = await Guest.join(folder);
  try {
    return await runChecks(guest, checks);
  } finally {
    guest.leave();
  }
}
