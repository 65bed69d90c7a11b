/** What QEMU's command line says of the VM and of the process: its name, its machine, how it goes on. */
import { parseOptionList, valueOf } from '../../text/option-list.js';
import { lastValue, optionsOf } from './qemu-options.js';

/** The VM's name: of `-name NAME` or `-name guest=NAME`. */
export function guestName(argv: readonly string[]): string | undefined {
  const items = parseOptionList(lastValue(argv, 'name') ?? '');
  const name = valueOf(items, 'guest') ?? (items[0]?.name === undefined ? items[0]?.value : undefined);
  return name === '' ? undefined : name;
}

/** The machine with which libvirt probes a QEMU's capabilities: `none,accel=kvm:tcg`. */
export function probedMachine(argv: readonly string[]): string | undefined {
  const machine = lastValue(argv, 'machine') ?? lastValue(argv, 'M');
  return machine !== undefined && /^none(,|$)/.test(machine) ? machine : undefined;
}

/** Whether QEMU only answers a question about itself, and ends: `-version`, `-machine help`. */
export function isQuestion(argv: readonly string[]): boolean {
  return [...optionsOf(argv)].some(
    ({ name, value }) => /^(?:h|help|version)$/.test(name) || /(?:^|,)(?:help|\?)$/.test(value ?? ''),
  );
}

/** With what a VM begins: nothing, what another QEMU sends it (a restore, a migration), or a snapshot of its disks. */
export type StartKind = 'plain' | 'incoming' | 'loadvm';

/** Of several the one that QEMU does: it waits for a migration whatever else it is told. */
export function startKind(argv: readonly string[]): StartKind {
  if (lastValue(argv, 'incoming') !== undefined) return 'incoming';
  return lastValue(argv, 'loadvm') === undefined ? 'plain' : 'loadvm';
}

/** Whether QEMU goes on in another process. */
export function isDaemonized(argv: readonly string[]): boolean {
  return [...optionsOf(argv)].some(({ name }) => name === 'daemonize');
}

/** Where QEMU writes its process number. */
export function pidFileOf(argv: readonly string[]): string | undefined {
  return lastValue(argv, 'pidfile');
}

/** Descriptors that QEMU expects to inherit, from 3 on, in ascending order. */
export function inheritedDescriptors(argv: readonly string[]): number[] {
  const found = new Set<number>();
  for (const { value } of optionsOf(argv)) {
    for (const [, list = ''] of (value ?? '').matchAll(
      /\b(?:fds?|vhostfds?|sock-fd)"?[=:]"?(\d+(?::\d+)*)/g,
    )) {
      for (const fd of list.split(':')) found.add(Number(fd));
    }
  }
  return [...found].filter((fd) => fd > 2 && fd < 65536).sort((a, b) => a - b);
}
