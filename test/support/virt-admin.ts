/** A stand-in for libvirt's daemon as far as its log goes: a `virt-admin` that keeps the settings in files. */
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { LibvirtDaemon } from '../../src/launch/attach/libvirt-daemon.js';
import { testFolder } from './folder.js';

/** libvirt puts a `*` at each end of a filter that it is given. */
const script = (folder: string): string => `#!/bin/sh
cd ${folder}
if [ -e broken ]; then echo "error: Failed to connect socket to '/run/x': No such file" >&2; exit 1; fi
name=\${4#daemon-log-}
echo "$@" >>asked
if [ $# -eq 4 ]; then echo "$(cat $name) "; exit; fi
if [ -e "refuse-$name" ]; then echo 'error: internal error: refused' >&2; exit 1; fi
if [ "$name" = filters ]; then echo "$6" | sed -E 's/([0-9]:)([^ ]+)/\\1*\\2*/g' >filters; else echo "$6" >$name; fi
`;

export class StandInDaemon {
  readonly daemon: LibvirtDaemon;
  readonly #folder = testFolder();

  /** Its process is this one, or `pid`. */
  constructor(pid = process.pid) {
    const root = join(this.#folder, 'root');
    mkdirSync(join(root, 'var/lib/libvirt'), { recursive: true, mode: 0o755 });
    writeFileSync(join(this.#folder, 'virt-admin'), script(this.#folder));
    chmodSync(join(this.#folder, 'virt-admin'), 0o755);
    this.set('filters', '3:*util* 1:*qemu.qemu_monitor*');
    this.set('outputs', '3:file:/var/log/libvirtd.log');
    const before = process.env['PATH'];
    process.env['PATH'] = `${this.#folder}:${before ?? ''}`;
    onTestFinished(() => {
      process.env['PATH'] = before;
    });
    this.daemon = {
      ...{ uri: 'qemu:///system', admin: 'libvirtd:///system', files: '/var/lib/libvirt' },
      ...{ pid, root, state: '/run/libvirt/qemu', unit: undefined },
    };
  }

  get filters(): string {
    return readFileSync(join(this.#folder, 'filters'), 'utf8').trim();
  }

  get outputs(): string {
    return readFileSync(join(this.#folder, 'outputs'), 'utf8').trim();
  }

  set(kind: 'filters' | 'outputs', words: string): void {
    writeFileSync(join(this.#folder, kind), `${words}\n`);
  }

  /** `broken`: cannot be reached; `refuse-filters`: does not take these. */
  be(how: 'broken' | 'refuse-filters'): void {
    writeFileSync(join(this.#folder, how), '');
  }

  /** The folders of attaches. */
  get folders(): string[] {
    try {
      return readdirSync(join(this.daemon.root, 'var/lib/libvirt/qmptap')).filter((name) => name !== 'lock');
    } catch {
      return [];
    }
  }

  /** The file that the last output names, as it is found from here. */
  get log(): string {
    return join(this.daemon.root, this.outputs.split(':').at(-1) ?? '');
  }
}
