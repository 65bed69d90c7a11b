import { afterEach, expect, test, vi } from 'vitest';
import { doctorCommand } from '../../../src/cli/capture/doctor.js';
import { examine } from '../../../src/launch/doctor/doctor.js';
import type { Finding } from '../../../src/launch/doctor/finding.js';

vi.mock(import('../../../src/launch/doctor/doctor.js'), () => ({ examine: vi.fn() }));

afterEach(() => {
  vi.restoreAllMocks();
});

/** What is printed of these findings, and the exit code. */
function printed(...findings: Finding[]): { code: number; text: string } {
  vi.mocked(examine).mockReturnValue(findings);
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const code = doctorCommand('web1', 'qemu:///session');
  expect(examine).toHaveBeenLastCalledWith({ subject: 'web1', connect: 'qemu:///session' });
  return { code, text: write.mock.calls.map(([chunk]) => String(chunk)).join('') };
}

test('a line for each finding, its remedy below it, and 1 if something is in the way', () => {
  expect(
    printed(
      { state: 'good', what: 'it is there' },
      { state: 'bad', what: 'it\u001b is not', remedy: 'do this\nand that' },
    ),
  ).toEqual({ code: 1, text: 'ok   it is there\nBAD  it\\u001b is not\n     do this\n     and that\n' });
});

test('what could not be found out is no trouble', () => {
  expect(printed({ state: 'unknown', what: 'who knows' })).toEqual({ code: 0, text: '?    who knows\n' });
});
