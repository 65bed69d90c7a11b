/** What somebody sees who does not know the program yet. */
import { expect, test } from 'vitest';
import { run } from '../support/process.js';

test.each([
  [['shwo'], "unknown command 'shwo'\n(Did you mean show?)"],
  [['boot.qmptap'], 'qmptap: boot.qmptap: which command? qmptap ui boot.qmptap shows a recording'],
  [['show'], "missing required argument 'recording'\n(qmptap show --help"],
  [['replay', 'servr'], '(Did you mean server?)\n(qmptap replay --help'],
  [['run', 'qemu-system-x86_64', '-qmp', 'stdio'], 'a command of your own comes after --'],
  [['--log-level', 'loud', 'ls'], 'Allowed choices are trace, debug'],
  [['completion', 'tcsh'], 'Allowed choices are bash, zsh, fish.'],
])('qmptap %j is told what to do, in a few lines', async (words, told) => {
  const { code, stdout, stderr } = await run(words);
  expect(stderr).toContain(told);
  expect(stderr.trim().split('\n').length).toBeLessThanOrEqual(3);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
});

test('without a command, all of them in their groups', async () => {
  const { code, stderr } = await run([]);
  expect(code).toBe(2);
  for (const group of ['Begin', 'Record', 'Look', 'Replay, hand on'])
    expect(stderr).toContain(`\n${group}:\n`);
  expect(stderr).not.toMatch(/interpose|impersonate|^ +complete /m);
});
