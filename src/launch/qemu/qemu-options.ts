/** QEMU's command line as its options and their values, as QEMU itself takes it apart. */

/** An option and its value; `at` is the value's place, or the option's where there is none. */
export interface QemuOption {
  readonly name: string;
  readonly value: string | undefined;
  readonly at: number;
}

/** Options without a value (`qemu-options.def`, 2.x to 11). Others take the next argument, whatever it looks like. */
const flags = new Set(
  (
    'h help version S s usb snapshot daemonize nographic portrait full-screen no-frame alt-grab ctrl-grab ' +
    'no-quit sdl curses mem-prealloc audio-help win2k-hack no-fd-bootchk no-acpi no-hpet no-reboot ' +
    'no-shutdown no-kvm no-kvm-irqchip enable-kvm enable-hax preconfig singlestep one-insn-per-tb ' +
    'nodefaults no-user-config nodefconfig only-migratable xen-attach xen-domid-restrict xen-create ' +
    'semihosting old-param enable-fips enable-sync-profile nouserconfig'
  ).split(' '),
);

/** Options whose value may be any text, even one that looks like an option. */
const freeText = new Set(['append', 'name']);

/** Never the value of another option, so what precedes it is a flag, even one too new to be in `flags`. */
const ours = /^--?(?:qmp|qmp-pretty|mon|chardev|device|object|readconfig|set)$/;

/** The options of QEMU's arguments, without its own name. */
export function* optionsOf(argv: readonly string[]): Generator<QemuOption> {
  for (let at = 0; at < argv.length; at++) {
    // QEMU takes one dash or two (`lookup_opt`).
    const name = /^--?(.+)$/s.exec(argv[at] ?? '')?.[1];
    if (name === undefined) continue;
    const flag = flags.has(name) || (!freeText.has(name) && ours.test(argv[at + 1] ?? ''));
    if (flag) yield { name, value: undefined, at };
    else yield { name, value: argv[++at], at };
  }
}

/** The value of an option that counts: the last one given. */
export function lastValue(argv: readonly string[], name: string): string | undefined {
  return [...optionsOf(argv)].findLast((option) => option.name === name)?.value;
}
