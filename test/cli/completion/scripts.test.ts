/**
 * Completion in the real shells: a line is typed with Tab and Enter, and what counts are the words that the
 * program is given. Its place on the PATH is taken by a script that prints them.
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect } from 'vitest';
import { completionScript, type Shell, shells } from '../../../src/cli/completion/scripts.js';
import { testFolder } from '../../support/folder.js';
import { labTest } from '../../support/programs.js';
import { PtyScreen } from '../../support/pty-screen.js';
import { greeting } from '../../support/recorded.js';
import { recordingFile } from '../../support/recording-file.js';
import { until } from '../../support/until.js';

const starts: Record<Shell, { args: string[]; load: string }> = {
  bash: { args: ['--norc', '--noprofile', '-i'], load: 'source ./script; PS1="ready> "' },
  zsh: {
    args: ['-f', '-i'],
    load: 'autoload -Uz compinit; compinit -u -d dump; source ./script; PS1="ready> "',
  },
  fish: {
    args: ['--no-config', '--private', '-i'],
    load: 'source ./script; function fish_prompt; echo -n "ready> "; end',
  },
};

/** Before its prompt a shell may take keys for text. */
const ready = /ready>\s*$/;

/** The name of a command, in a recording from a stranger. */
const evil = "evil`touch${IFS}pwned`;'$HOME";

/** What is typed; and the words that `qmptap` then gets. */
const lines: readonly (readonly [typed: string, ...words: string[]])[] = [
  ['qmptap stor\t', 'stories'],
  ['qmptap replay cl\t', 'replay', 'client'],
  ['qmptap help sche\t', 'help', 'schema'],
  ['qmptap completion fi\t', 'completion', 'fish'],
  ['qmptap show --ses\t 1', 'show', '--session', '1'],
  ['qmptap export lab.qmptap --format h\t', 'export', 'lab.qmptap', '--format', 'html'],
  ['qmptap export lab.qmptap --format=h\t', 'export', 'lab.qmptap', '--format=html'],
  ['qmptap replay server --on-miss f\t', 'replay', 'server', '--on-miss', 'forward'],
  ['qmptap replay client --pacing rec\t', 'replay', 'client', '--pacing', 'recorded'],
  ['qmptap record --dialect qg\t', 'record', '--dialect', 'qga'],
  // Recordings and folders where a recording is wanted, anything where a file is.
  ['qmptap show la\t', 'show', 'lab.qmptap'],
  ['qmptap show ol\td\t', 'show', 'older ones/deep.qmptap'],
  ["qmptap show 'ol\td\t", 'show', 'older ones/deep.qmptap'],
  ['qmptap show "it\t', 'show', "it's $HOME.qmptap"],
  ['qmptap show it\t', 'show', "it's $HOME.qmptap"],
  ['qmptap show ~/la\t', 'show', '{home}/lab.qmptap'],
  ['qmptap show $HOME/lab\t', 'show', '{home}/lab.qmptap'],
  ['qmptap check --schema=la\t', 'check', '--schema=lab.qmptap'],
  ['qmptap import lo\t', 'import', 'log.txt'],
  ['qmptap record -c unix:lo\t', 'record', '-c', 'unix:log.txt'],
  ['qmptap emulator x --recordings ol\t', 'emulator', 'x', '--recordings', 'older ones'],
  // A command of the user's own.
  ['qmptap record --exec -- md5s\t', 'record', '--exec', '--', 'md5sum'],
  ['qmptap run -- cat my\\ x lo\t', 'run', '--', 'cat', 'my x', 'log.txt'],
  // What the recording holds.
  ['qmptap show lab.qmptap kind:er\t', 'show', 'lab.qmptap', 'kind:error'],
  ['qmptap show lab.qmptap cmd:query-st\t', 'show', 'lab.qmptap', 'cmd:query-status'],
  ["qmptap show ~/lab.qmptap 'kind:error or cmd:dev\t", 'show', '{home}/lab.qmptap', 'kind:error or cmd:device_add'],
  ["qmptap show lab.qmptap 'not cl\tX'", 'show', 'lab.qmptap', 'not class:X'],
  ['qmptap stats lab.qmptap ol\td\t', 'stats', 'lab.qmptap', 'older ones/deep.qmptap'],
  ['qmptap show lab.qmptap -s \t', 'show', 'lab.qmptap', '-s', '1'],
  ['qmptap replay server lab.qmptap --repeat query-st\t', 'replay', 'server', 'lab.qmptap', '--repeat', 'query-status'],
  ['qmptap show evil.qmptap cmd:evil\t', 'show', 'evil.qmptap', `cmd:${evil}`],
  // Not the first thing on the line.
  ['X=1 qmptap show la\t', 'show', 'lab.qmptap'],
  ['true; qmptap show la\t', 'show', 'lab.qmptap'],
]; // prettier-ignore

for (const shell of shells) {
  labTest(shell)(`${shell} completes commands, options, files and what a recording holds`, async () => {
    const { screen, home } = await begin(shell);
    for (const [index, [typed, ...words]] of lines.entries()) {
      await screen.shows(ready);
      screen.type(`${typed}\r`);
      const got = await until(
        `${shell} after: ${typed}\n${screen.text()}`,
        () => shown(screen)[index],
        15_000,
      );
      expect([typed, got]).toEqual([typed, words.map((word) => word.replace('{home}', home)).join('|')]);
    }
    expect(existsSync(join(home, 'pwned'))).toBe(false);
  });
}

labTest('zsh')('zsh lists options with their help', async () => {
  const { screen } = await begin('zsh');
  screen.type('qmptap show --\t');
  await screen.shows(/--follow +-- print new messages as they arrive/);
});

labTest('fish')('fish lists commands with their help, and none that is not for people', () => {
  const { home, env } = place('fish');
  const answer = execFileSync('fish', ['--no-config', '-c', 'source ./script; complete -C "qmptap "'], {
    cwd: home,
    env: { ...process.env, ...env },
    encoding: 'utf8',
  });
  expect(answer).toContain('show\tprint the messages of a recording\n');
  expect(answer).not.toMatch(/^(interpose|impersonate|complete)\b/m);
});

labTest('bash')('bash leaves what it does not know alone', async () => {
  const { screen } = await begin('bash');
  screen.type('qmptap show nothing-like-it\t\r');
  await screen.shows('got:|show|nothing-like-it|end');
  screen.type('qmptap nothing\t\r');
  await screen.shows('got:|nothing|end');
});

/** A folder's last slash, which zsh takes away again, left out. */
function shown(screen: PtyScreen): string[] {
  return [...screen.written.matchAll(/got:\|([^\r\n]*?)\/?\|end/g)].map(([, words]) => words ?? '');
}

async function begin(shell: Shell): Promise<{ screen: PtyScreen; home: string }> {
  const { home, env } = place(shell);
  copyFileSync('recordings/demo.qmptap', join(home, 'lab.qmptap'));
  for (const name of ["it's $HOME.qmptap", 'older ones/deep.qmptap']) {
    copyFileSync('recordings/demo.qmptap', join(home, name));
  }
  const command = JSON.stringify({ execute: evil });
  await recordingFile(join(home, 'evil.qmptap'), [`<- ${greeting}`, `-> ${command}`]);
  const { args, load } = starts[shell];
  const screen = new PtyScreen(shell, args, { columns: 150, rows: 50, env, cwd: home });
  screen.type(`${load}\r`);
  await screen.shows(ready);
  return { screen, home };
}

/** A home with files, and a `qmptap` that completes in truth and else prints its words. */
function place(shell: Shell): { home: string; env: Record<string, string> } {
  const folder = testFolder();
  const home = join(folder, 'home');
  mkdirSync(join(home, 'older ones'), { recursive: true });
  writeFileSync(join(home, 'log.txt'), '');
  writeFileSync(join(home, 'script'), completionScript(shell));
  writeFileSync(
    join(folder, 'qmptap'),
    `#!/bin/sh
[ "$1" = complete ] && exec '${process.execPath}' '${resolve('dist/cli/main.js')}' "$@"
printf 'got:'; printf '|%s' "$@"; echo '|end'
`,
    { mode: 0o755 },
  );
  const path = `${folder}:${process.env['PATH'] ?? ''}`;
  return { home, env: { PATH: path, HOME: home, XDG_CONFIG_HOME: home, XDG_DATA_HOME: home } };
}
