/** The quoting of the emulator's script and of command lines: words with NUL bytes between them. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { commandLine } from '../../../src/text/command-line.js';
import { recordingScript } from '../../../src/launch/emulator/emulator-script.js';
import type { Target } from '../target.js';

/** Prints what it is given, NUL-terminated. */
const told = `printf '%s\\0'`;

export const target: Target = {
  holds: 'what is quoted is what a shell reads, in a command line and in the script for libvirt',
  maxLength: 120,
  words: ["'", '"', '\\', '$(id)', '`id`', '${x}', '\n', '!', '*', '~', '#', ';', '&', '-', '\xff', '='],
  seeds: () => ["it's\0a b\0$HOME", '~\0*\0-n', '\\\n\0!x', '#\0=x'],
  run(input) {
    const words = Buffer.from(input).toString('latin1').split('\0');
    const plain = spawnSync('bash', ['-c', `${told} ${commandLine(words)}`], { encoding: 'utf8' });
    assert.deepEqual(plain.stdout.split('\0').slice(0, -1), words, plain.stderr);
    const [qemu = '', ...recorder] = words;
    const script = recordingScript({ bash: '/bin/bash', version: 'qmptap 0', qemu, recorder, probe: false });
    // The part that only assigns.
    const head = script.slice(0, script.indexOf('\nmonitor='));
    const assigned = spawnSync('bash', ['-c', `${head}\n${told} "$qemu" "\${recorder[@]}"`], {
      encoding: 'utf8',
    });
    const expected = recorder.length === 0 ? [qemu] : words;
    assert.deepEqual(assigned.stdout.split('\0').slice(0, -1), expected, assigned.stderr);
  },
};
