/** How a command of the help or of a page is run in a test: to its end, until Ctrl-C, or in a terminal. */
import type { Place, Ran } from './place.js';

/** Runs a command in a place; `meanwhile` happens while a command runs that ends by Ctrl-C only. */
type Runner = (place: Place, command: string, meanwhile?: () => Promise<void>) => Promise<Ran>;

interface Rule {
  readonly pattern: RegExp;
  readonly run: Runner;
  /** The exit codes that it may have; 0 if none is given. */
  readonly codes?: readonly (number | string)[];
}

const toItsEnd: Runner = (place, command) => place.run(command);

const quit = `echo '{"execute":"qmp_capabilities"}{"execute":"quit"}'`;

/** The first that fits a command holds; what fits none runs to its end and succeeds. */
const rules: readonly Rule[] = [
  {
    pattern: /^qmptap ui (\S+)/,
    run: (place, command) => place.draw(command, [/^qmptap ui (\S+)/.exec(command)?.[1] ?? '', 'Q']),
  },
  {
    pattern: /^qmptap .* --ui$/,
    run: (place, command) => place.draw(command, ['? keys', 'Q'], ['Ctrl-C ends', '\x03']),
    codes: [130],
  },
  {
    pattern: /^qmptap (?:record|replay server) (?!.*--exec)/,
    run: (place, command, meanwhile) => place.interrupt(command, meanwhile),
    codes: [130],
  },
  {
    // It ends by itself if the client ends QEMU.
    pattern: /^qmptap attach (?!--undo)/,
    run: (place, command, meanwhile) => place.interrupt(command, meanwhile),
    codes: [0, 130],
  },
  {
    pattern: / --follow/,
    run: (place, command) => place.run(`timeout --preserve-status -s INT 2 ${command}`),
    codes: [130],
  },
  // It judges the machine that the test runs on.
  { pattern: /^qmptap doctor /, run: toItsEnd, codes: [0, 1] },
  {
    pattern: / zsh\)$/,
    run: (place, command) => place.run(`zsh -fc 'autoload -Uz compinit; compinit -u -D; ${command}'`),
  },
  { pattern: / -qmp stdio$/, run: (place, command) => place.run(`${quit} | ${command}`) },
  {
    pattern: /^qmptap run /,
    run: (place, command) => {
      const client = `until [ -S qmp.sock ]; do sleep 0.05; done; ${quit} | socat -t9 - ./qmp.sock`;
      return place.run(`(${client}) & ${command}; code=$?; wait; exit $code`);
    },
  },
];

/** Runs a command as its rule says; a code that the rule allows is 0. */
export async function runShown(
  place: Place,
  command: string,
  meanwhile?: () => Promise<void>,
  codes: readonly (number | string)[] = [],
): Promise<Ran> {
  const rule = rules.find(({ pattern }) => pattern.test(command));
  const { code, output } = await (rule?.run ?? toItsEnd)(place, command, meanwhile);
  const fine = codes.length > 0 ? codes : (rule?.codes ?? [0]);
  return { code: fine.includes(code) ? 0 : code, output };
}

/** Where in the test what a command names in the system's folders is. */
export function inThisPlace(
  command: string,
  others: readonly (readonly [RegExp | string, string])[] = [],
): string {
  return [...others, ...standIns].reduce((text, [from, to]) => text.replaceAll(from, to), command);
}

const standIns: readonly (readonly [there: RegExp | string, here: string])[] = [
  [/\/tmp\/(?=\w+\.sock)/g, './'],
  ['/tmp/state', './state'],
  ['/usr/local/bin/', './'],
  ['/var/lib/libvirt/qmptap', './recorded'],
  ['/var/log/libvirt/', './'],
  ['journalctl --all -u libvirtd', 'cat libvirtd.log'],
  ['~/.config/fish/completions/', './'],
  [/tcp:444[45]/g, 'tcp:127.0.0.1:0'],
];
