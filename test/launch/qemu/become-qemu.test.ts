import { describe, expect, test } from 'vitest';
import { start, type Running } from '../../support/process.js';

/** Runs it as a child of a shell that says so, or as somebody's who is not its parent. */
function become(words: readonly string[], parent = '$$'): Running {
  const encoded = words.map((word) => `'${Buffer.from(word).toString('base64')}'`);
  const helper = `${process.execPath} dist/launch/qemu/become-qemu.js ${parent} 0,1,2 ${encoded.join(' ')}`;
  // A shell of two commands stays.
  return start('sh', ['-c', `${helper}; exit $?`]);
}

describe('the program that becomes QEMU', () => {
  test('is the other program, with its output, exit code, and signals as they are by default', async () => {
    const script = 'echo "$0 $*"; kill -PIPE $$; echo not reached';
    const running = become(['sh', '-c', script, 'a b', '', 'é']);
    expect(await running.ended).toBe(128 + 13);
    expect(running.stdout()).toBe('a b  é\n');
  });

  test('says so if there is no such program', async () => {
    const running = become(['/no/such/qemu']);
    expect(await running.ended).toBe(126);
    expect(running.stderr()).toContain('qmptap: run: /no/such/qemu: it cannot be executed: no such file');
  });

  test('does not begin if its parent has ended already', async () => {
    expect(await become(['true'], '1').ended).toBe(137);
  });
});
