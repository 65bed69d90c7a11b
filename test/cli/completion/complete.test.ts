import { expect, test } from 'vitest';
import { complete } from '../../../src/cli/completion/complete.js';
import { createProgram } from '../../../src/cli/program.js';

const recording = 'recordings/demo.qmptap';

test.each([
  ['commands with their help', 'qmptap sch', '\nschema\tshow '],
  ['commands after variables that are set for them', 'NO_COLOR=1 qmptap sch', '\nschema\t'],
  ['options', 'qmptap show --fol', '\n--follow\t'],
  ['values of an option', 'qmptap record --dialect=', '\n--dialect=qmp\n--dialect=qga\n'],
  ['names that a recording holds', `qmptap show ${recording} cmd:device_`, 'cmd:device_add'],
  ['recordings, by the shell itself', 'qmptap show $HOME/', 'recording default'],
])('%s', async (_, line, expected) => {
  expect(await complete(createProgram(), 'zsh', line)).toContain(expected);
});

test('bash is given only what it will replace of a word', async () => {
  const answer = await complete(createProgram(), 'bash', `qmptap show ${recording} cmd:device_`, 'device_');
  expect(answer.split('\n')).toContain('device_add');
});
