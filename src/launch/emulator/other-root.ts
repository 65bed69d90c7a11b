/**
 * Another root file system, of an image or of a machine that is mounted here: its paths as they are here, and what is in
 * it. Names there are absolute, and nothing of ours outside of it is looked at.
 */
import { existsSync, realpathSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { UsageError } from '../../errors.js';
import { isExecutable } from '../qemu/program.js';

export class OtherRoot {
  readonly #root: string;
  /** What has to be there when it runs, and is not yet; one line each. */
  readonly missing: string[] = [];

  /** @throws UsageError if there is no such folder */
  constructor(root: string) {
    try {
      this.#root = realpathSync(`${root}/`);
    } catch (cause) {
      throw new UsageError(
        { subject: `--for-root ${root}`, reason: 'there is no such folder', remedy: 'make it first' },
        { cause },
      );
    }
  }

  /** A path there, as it is here. @throws UsageError if it is not absolute, or a link leads out of the root */
  here(path: string): string {
    if (!isAbsolute(path)) {
      throw new UsageError({
        subject: path,
        reason: 'with --for-root, paths are those of the other root',
        remedy: 'give an absolute one',
      });
    }
    const here = join(this.#root, path);
    let existing = here;
    while (!existsSync(existing)) existing = dirname(existing);
    const real = realpathSync(existing);
    if (real !== this.#root && !real.startsWith(join(this.#root, '/'))) {
      throw new UsageError({ subject: path, reason: `a link in ${this.#root} leads out of it, to ${real}` });
    }
    return here;
  }

  /** The same path; remembered if nothing is there. */
  needed(path: string, executable: boolean): string {
    const here = this.here(path);
    if (executable ? !isExecutable(here) : !existsSync(here)) {
      this.missing.push(`${path} is not in ${this.#root} yet; it must be there when the emulator runs`);
    }
    return path;
  }

  /** The first of these programs that is there, or the first of all. */
  first(paths: readonly string[]): string {
    const [usual = ''] = paths;
    return this.needed(paths.find((path) => isExecutable(this.here(path))) ?? usual, true);
  }

  /** Node and this program, installed beside the emulator or where npm and packages put them. @throws UsageError */
  program(emulator: string): [node: string, main: string] {
    const beside = dirname(emulator);
    const nodes = [
      ...['bin', 'node/bin', 'usr/bin', 'node_modules/.bin'].map((folder) => join(beside, folder, 'node')),
      ...['/usr/bin/node', '/usr/local/bin/node'],
    ];
    const mains = [beside, join(beside, 'lib'), '/usr/local/lib', '/usr/lib', '/usr/share'].map((folder) =>
      join(folder, 'node_modules/qmptap/dist/cli/main.js'),
    );
    const node = nodes.find((path) => isExecutable(this.here(path)));
    const main = mains.find((path) => existsSync(this.here(path)));
    if (node !== undefined && main !== undefined) return [node, main];
    throw new UsageError({
      subject: `--for-root ${this.#root}`,
      reason: `there is no ${node === undefined ? `node in ${beside}/bin or /usr/bin` : `qmptap in ${beside} or /usr/lib`}`,
      remedy:
        node === undefined
          ? 'copy one there'
          : `install it: cd ${join(this.#root, beside)} && npm install qmptap`,
    });
  }
}
