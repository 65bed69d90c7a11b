/** The command line for somebody who does not know it yet: its groups, and what a mistake is answered. */
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
  const groups = ['See it work', 'Capture', 'Look', 'Ask', 'Test', 'Hand on', 'A host'];
  const titles = Array.from(stderr.matchAll(/^([A-Z][\w ]*):$/gm), ([, title]) => title);
  expect(titles.filter((title) => title !== 'Options').slice(0, groups.length)).toEqual(groups);
  expect(stderr).not.toMatch(/interpose|impersonate|^ +complete /m);
});
