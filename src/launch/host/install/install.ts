/** Installs a host as a service of systemd, with a hook of libvirt's, and takes both away again. */
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { OutputError, UsageError } from '../../../errors.js';
import { hookName, libvirtHook } from './libvirt-hook.js';
import { serviceName, type ServiceOptions, serviceUnit } from './service-unit.js';

/** A file that belongs to an installation. */
export interface InstalledFile {
  readonly path: string;
  readonly mode: number;
  readonly text: string;
}

/** By this line a file of ours is known. */
const ours = '# Written by `qmptap host install`';

const unitPath = join('/etc/systemd/system', serviceName);
const hookPath = join('/etc/libvirt/hooks/qemu.d', hookName);

/** Folders that a service does not see. */
const hidden = /^\/(?:home|root|run\/user|tmp|var\/tmp)\//;

/** @throws UsageError where a service of this machine could not find its program, its recordings or sockets */
export function checkVisible(options: ServiceOptions): void {
  for (const path of [...options.program, options.recordings, ...options.watched]) {
    if (!hidden.test(`${path}/`)) continue;
    throw new UsageError({
      subject: path,
      reason: 'a service sees no folders of users, and no temporary ones',
      remedy:
        'install Node and qmptap for all users (npm install -g), and have recordings and sockets elsewhere',
    });
  }
}

/** What an installation is made of. */
export function installation(options: ServiceOptions): readonly InstalledFile[] {
  return [
    { path: unitPath, mode: 0o644, text: serviceUnit(options) },
    { path: hookPath, mode: 0o755, text: libvirtHook(options.recordings) },
  ];
}

/**
 * Writes the files below `root`, each in one step. The hook's folder is made where libvirt is installed; without
 * libvirt there is no hook. Gives those that were written.
 * @throws OutputError where another's file is in the way, or one cannot be written
 */
export function install(files: readonly InstalledFile[], root: string): readonly string[] {
  const wanted = files.filter(({ path }) => path !== hookPath || existsSync(join(root, '/etc/libvirt')));
  for (const { path } of wanted) refuseOthers(join(root, path));
  return wanted.map(({ path, mode, text }) => {
    const file = join(root, path);
    try {
      mkdirSync(dirname(file), { recursive: true, mode: 0o755 });
      writeFileSync(`${file}.new`, text, { mode });
      chmodSync(`${file}.new`, mode); // whatever the umask is
      renameSync(`${file}.new`, file);
    } catch (cause) {
      throw new OutputError(
        { subject: file, reason: (cause as Error).message, remedy: 'run as root' },
        { path: file, cause },
      );
    }
    return file;
  });
}

/** Removes what an installation has written; gives what there was. @throws OutputError */
export function uninstall(root: string): readonly string[] {
  const files = [unitPath, hookPath].map((path) => join(root, path)).filter((file) => existsSync(file));
  for (const file of files) refuseOthers(file);
  for (const file of files) {
    try {
      rmSync(file);
    } catch (cause) {
      throw new OutputError(
        { subject: file, reason: (cause as Error).message, remedy: 'run as root' },
        { path: file, cause },
      );
    }
  }
  return files;
}

/** Where the host records that is installed; undefined if none is. */
export function installedRecordings(root: string): string | undefined {
  const file = join(root, unitPath);
  if (!existsSync(file)) return undefined;
  const [, quoted, plain] =
    / --recordings (?:"((?:[^"\\]|\\.)*)"|(\S+))/.exec(readFileSync(file, 'utf8')) ?? [];
  return (quoted?.replace(/\\(.)/g, '$1') ?? plain)?.replace(/([%$])\1/g, '$1');
}

function refuseOthers(file: string): void {
  if (
    !existsSync(file) ||
    readFileSync(file, 'utf8')
      .split('\n', 3)
      .some((line) => line.startsWith(ours))
  )
    return;
  throw new OutputError(
    { subject: file, reason: 'it is not one that qmptap has written', remedy: 'move it away' },
    { path: file },
  );
}
