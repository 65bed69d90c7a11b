import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { commandLine } from '../../../src/text/command-line.js';
import { emulatorFacts } from '../../../src/launch/emulator/emulator-facts.js';
import {
  failedAnswer,
  marker,
  readyAnswer,
  recordingScript,
  replayingScript,
} from '../../../src/launch/emulator/emulator-script.js';
import { testFolder } from '../../support/folder.js';
import { findProgram } from '../../support/programs.js';

const bash = findProgram('bash') ?? '/bin/bash';
const awkward = ['-qmp', "it's", 'a b', '$HOME `id` \\', 'line\nbreak', '', '*', '-append', 'ready'];

/** A program that writes its arguments, NUL-terminated, into a file. */
function program(folder: string, name: string, body: string): string {
  const path = join(folder, name);
  writeFileSync(path, `#!${bash}\n${body}\n`);
  chmodSync(path, 0o755);
  return path;
}

/** Runs the script with a recorder made of shell, before a QEMU that tells its arguments. */
function runScript(
  recorderBody: string,
  args: readonly string[],
  probe = false,
): SpawnSyncReturns<string> & { qemu: string[]; recorderRan: boolean } {
  const folder = testFolder();
  const told = join(folder, 'told');
  const ran = join(folder, 'ran');
  const qemu = program(folder, "qe'mu", `for word; do printf '%s\\0' "$word"; done > '${told}'; exit 7`);
  const recorder = program(folder, 'rec order', `: > '${ran}'\n${recorderBody}`);
  const script = join(folder, 'emulator');
  writeFileSync(
    script,
    recordingScript({ bash, version: 'qmptap 0', qemu, recorder: [recorder, "--x y'z"], probe }),
  );
  chmodSync(script, 0o755);
  const result = spawnSync(script, args, { encoding: 'utf8' });
  const qemuArgs = existsSync(told) ? readFileSync(told, 'latin1').split('\0').slice(0, -1) : [];
  return { ...result, qemu: qemuArgs, recorderRan: existsSync(ran) };
}

const bytes = (words: readonly string[]): Uint8Array[] => words.map((word) => Buffer.from(word, 'latin1'));

/** Shell that prints these bytes. */
const print = (text: Uint8Array): string =>
  `printf '${Array.from(text, (byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('')}'`;

describe('the recording script', () => {
  test('becomes QEMU with the arguments of the answer, whatever is in them', () => {
    const { status, qemu, stderr } = runScript(print(readyAnswer(bytes(awkward), [])), ['-qmp', 'x']);
    expect({ status, qemu, stderr }).toEqual({ status: 7, qemu: awkward, stderr: '' });
  });

  test('runs nothing that is in a name', () => {
    const name = `$(touch pwned)\`touch pwned\`'";touch pwned;\n\\ ~ * \u001b #`;
    const folder = testFolder();
    const qemu = program(folder, name.replaceAll('/', ''), 'exit 5');
    const script = join(folder, 'emulator');
    const recorder = [program(folder, `r${name}`, `printf 'failed\\0%s\\0' "$1"`), name];
    writeFileSync(script, recordingScript({ bash, version: 'qmptap 0', qemu, recorder, probe: false }));
    chmodSync(script, 0o755);
    const { status, stderr } = spawnSync(script, ['-qmp', 'x', '-name', name], {
      encoding: 'utf8',
      cwd: folder,
    });
    expect(status).toBe(5);
    expect(stderr).toBe(`qmptap: not recorded: ${name}; QEMU starts without qmptap\n`);
    expect(existsSync(join(folder, 'pwned'))).toBe(false);
  });

  test('becomes QEMU with arguments that are not UTF-8, and passes on what the recorder was warned of', () => {
    const words = bytes(['caf\xe9', '\xff', 'a']);
    const body = `echo '(node:1) Warning: old' >&2; ${print(readyAnswer(words, []))}`;
    const { qemu, stderr } = runScript(body, ['-qmp', 'x']);
    expect(qemu).toEqual(['caf\xe9', '\xff', 'a']);
    expect(stderr).toBe('(node:1) Warning: old\n');
  });

  test('takes no arguments at all for an answer too', () => {
    expect(runScript(print(readyAnswer([], [])), ['-qmp', 'x']).qemu).toEqual([]);
  });

  test.each([
    ['says why it cannot', print(failedAnswer('the disk is full')), 'the disk is full'],
    ['ends without a word', 'exit 3', 'the recorder ended before it was ready: it printed nothing'],
    [
      'ends with a stack',
      "printf '%s\\n' 'node:internal/x:1' '  throw err;' '' 'Error: Cannot find module /x.js' '    at y' >&2; exit 1",
      'the recorder ended before it was ready: Error: Cannot find module /x.js',
    ],
    [
      'ends in the middle of its answer',
      print(readyAnswer(bytes(awkward), []).subarray(0, -9)),
      'the recorder did not start',
    ],
    ['answers nonsense', print(Buffer.from('hello\0world\0')), 'the recorder did not start'],
  ])('a recorder that %s leaves QEMU untouched', (_, body, why) => {
    const { status, qemu, stderr } = runScript(body, awkward);
    expect({ status, qemu }).toEqual({ status: 7, qemu: awkward });
    expect(stderr).toMatch(new RegExp(`^qmptap: not recorded: ${why}.*; QEMU starts without qmptap\n$`));
  });

  test.each([
    [['-version']],
    [['-machine', 'help', '-monitor', 'stdio']],
    [['-device', 'e1000,help']],
    [['-machine', 'none,accel=tcg', '-qmp', 'x', '-daemonize']],
  ])('passes %j on without a recorder', (args) => {
    const { qemu, recorderRan, stderr } = runScript('exit 1', args);
    expect({ qemu, recorderRan, stderr }).toEqual({ qemu: args, recorderRan: false, stderr: '' });
  });

  test.each([
    [['-machine', 'none', '-monitor', 'stdio']],
    [['-object', 'rng-random,id=r', '-object', '{"qom-type":"rng-random","id":"r"}']],
    [[]],
  ])('says of %j that there is no monitor', (args) => {
    const { qemu, recorderRan, stderr } = runScript('exit 1', args);
    const line = 'qmptap: not recorded: there is no QMP monitor in its arguments\n';
    expect({ qemu, recorderRan, stderr }).toEqual({ qemu: args, recorderRan: false, stderr: line });
  });

  test.each([
    [['-object', 'monitor-qmp,id=x,chardev=c']],
    [['--object', 'id=x,qom-type=monitor-qmp,chardev=c']],
    [['-object', '{"id":"x", "qom-type": "monitor-qmp"}']],
    [['-readconfig', 'vm.cfg']],
    [['-mon', 'chardev=c,mode=control']],
    [['-machine', 'pc', '-qmp', 'x', '-daemonize']],
  ])('starts a recorder for %j', (args) => {
    expect(runScript('exit 1', args).recorderRan).toBe(true);
  });

  test('records a QEMU that daemonizes if it is told to', () => {
    const { qemu, recorderRan } = runScript(
      print(readyAnswer(bytes(['moved']), [])),
      ['-qmp', 'x', '-machine', 'none', '-daemonize'],
      true,
    );
    expect({ qemu, recorderRan }).toEqual({ qemu: ['moved'], recorderRan: true });
  });

  test.each([
    ['taken', '"$4"', 'nothing', 'asked\n'],
    ['left', '', 'asked', ''],
  ])(
    'standard input and output, if they may be a monitor, are given; %s',
    (_, taken, qemuReads, recorderReads) => {
      const folder = testFolder();
      const read = join(folder, 'read');
      const qemu = program(folder, 'qemu', 'read -r line; echo "${line:-nothing} $(echo /dev/fd/*)"');
      const recorder = program(
        folder,
        'recorder',
        `while [ "$1" != --standard ]; do shift; done; set -- $2
printf '%s\\0' ready "${taken === '' ? '' : '$1 $2'}" 0
exec 1>&- # QEMU's turn
${taken === '' ? ':' : `read -r line <&$1; echo "$line" > '${read}'; echo answered >&$2`}`,
      );
      const script = join(folder, 'emulator');
      writeFileSync(
        script,
        recordingScript({ bash, version: 'qmptap 0', qemu, recorder: [recorder], probe: false }),
      );
      chmodSync(script, 0o755);
      const { stdout } = spawnSync(script, ['-qmp', 'stdio'], { encoding: 'utf8', input: 'asked\n' });
      expect(stdout.split('\n').some((line) => line.startsWith(`${qemuReads} /dev/fd/0 `))).toBe(true);
      expect(stdout).not.toMatch(/\/dev\/fd\/1\d\b/);
      expect(stdout.includes('answered')).toBe(taken !== '');
      expect(existsSync(read) ? readFileSync(read, 'utf8') : '').toBe(recorderReads);
    },
  );

  test('the recorder gets the sockets of character devices, and QEMU keeps what was not taken', () => {
    const folder = testFolder();
    const listing = join(folder, 'fds');
    const script = join(folder, 'emulator');
    const list = (file: string): string =>
      `for fd in 3 4 5 13; do [ -e /dev/fd/$fd ] && echo $fd; done > '${file}'`;
    const recorder = program(
      folder,
      'recorder',
      `${list(`${listing}-recorder`)}; ${print(readyAnswer([], [13]))}`,
    );
    const qemu = program(folder, 'qemu', list(`${listing}-qemu`));
    writeFileSync(
      script,
      recordingScript({ bash, version: 'qmptap 0', qemu, recorder: [recorder], probe: false }),
    );
    chmodSync(script, 0o755);
    const chardev = (fd: number): string[] => ['-chardev', `socket,id=c${fd},fd=${fd},server=on`];
    const start = commandLine([script, '-mon', 'c13', ...chardev(13), ...chardev(4)]);
    spawnSync(bash, ['-c', `${start} 13</dev/null 4</dev/null 5</dev/null`]);
    expect(readFileSync(`${listing}-recorder`, 'utf8').split('\n').filter(Boolean)).toEqual(['4', '13']);
    expect(readFileSync(`${listing}-qemu`, 'utf8').split('\n').filter(Boolean)).toEqual(['4', '5']);
  });

  test('says of itself what it needs', () => {
    const recorder = [
      '/n o/node',
      '/x/main.js',
      'interpose',
      '--qemu',
      '/q',
      '--recordings',
      "/re'c s",
      '--agent',
    ];
    const text = recordingScript({
      bash: '/b/bash',
      version: 'qmptap 0',
      qemu: '/q',
      recorder,
      probe: false,
    });
    expect(emulatorFacts(text)).toEqual({
      kind: 'recording',
      bash: '/b/bash',
      qemu: '/q',
      node: '/n o/node',
      main: '/x/main.js',
      recordings: ["/re'c s"],
    });
    expect(emulatorFacts(text.replace(marker, '# else'))).toBeUndefined();
  });
});

describe('the replaying script', () => {
  function replay(body: string, args: readonly string[], withQemu: boolean): SpawnSyncReturns<string> {
    const folder = testFolder();
    const qemu = program(folder, 'qemu', 'echo real "$@"');
    const replayer = program(folder, 'replayer', body);
    const script = join(folder, 'emulator');
    writeFileSync(
      script,
      replayingScript({
        bash,
        version: 'qmptap 0',
        replayer: [replayer, 'impersonate'],
        qemu: withQemu ? qemu : undefined,
      }),
    );
    chmodSync(script, 0o755);
    return spawnSync(script, args, { encoding: 'utf8' });
  }

  test('becomes the replayer in the same process', () => {
    const { stdout, pid } = replay('echo $$ "$@"', ['-S', 'a b'], false);
    expect(stdout).toBe(`${pid} impersonate -- -S a b\n`);
  });

  test.each([
    ['ends well when the replayer is ready', "printf 'ready\\0'", false, 0, ''],
    ['becomes QEMU for what was not recorded', "printf 'pass\\0'", true, 0, 'real -daemonize\n'],
    ['fails for what was not recorded if there is no QEMU', "printf 'pass\\0'", false, 1, ''],
    ['fails with its replayer', 'exit 3', true, 1, ''],
  ])('with -daemonize %s', (_, body, withQemu, status, stdout) => {
    expect(replay(body, ['-daemonize'], withQemu)).toMatchObject({ status, stdout });
  });

  test('says of itself what it needs', () => {
    const replayer = ['/node', '/main.js', 'impersonate', '--replay', '/a b', '/c'];
    const text = replayingScript({ bash: '/bash', version: 'qmptap 0', replayer, qemu: undefined });
    expect(emulatorFacts(text)).toMatchObject({
      kind: 'replaying',
      node: '/node',
      recordings: ['/a b', '/c'],
    });
  });
});
