import { afterEach, expect, test, vi } from 'vitest';
import { runClient } from '../../../src/cli/capture/exec.js';

afterEach(() => {
  vi.restoreAllMocks();
});

/** The exit code of a client, and what is said on standard error by us. */
async function ran(command: readonly string[], address = 'unix:/q'): Promise<{ code: number; said: string }> {
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const code = await runClient(command, address, true);
  return { code, said: write.mock.calls.map(([chunk]) => String(chunk)).join('') };
}

test("a client has the address, and its code is the command's", async () => {
  expect(await ran(['sh', '-c', 'echo "at $QMPTAP_ADDRESS"; exit 7'], 'unix:/a b')).toEqual({
    ...{ code: 7, said: 'qmptap: at unix:/a b\n' },
  });
});

test('a client that a signal ends has the code that a shell gives it', async () => {
  expect(await ran(['sh', '-c', 'kill -TERM $$'])).toMatchObject({ code: 143 });
});

test('what a client says is escaped while the terminal is lent', async () => {
  const { said } = await ran(['printf', '\\033[2Jclear\\nsecond\\n']);
  expect(said).toBe('qmptap: \\u001b[2Jclear\nqmptap: second\n');
});

test.each([
  ['/no/such/program', 'no such program; give its path, or look at $PATH'],
  ['/dev/null', 'it may not be executed; see its mode'],
])('%s cannot be run, and that is said', async (program, why) => {
  expect(await ran([program])).toEqual({ code: 1, said: `qmptap: --exec ${program}: ${why}\n` });
});
