import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { run } from '../support/process.js';
import { labTest } from '../support/programs.js';

/** pytest comes as a module of python3 or as a program of its own. */
const isModule = spawnSync('python3', ['-c', 'import pytest']).status === 0;
const pytest = isModule ? ['python3', '-m', 'pytest'] : ['pytest'];

function replayed(...command: string[]) {
  const flags = ['--match', 'content', ...(command.includes('pytest') ? ['--keep'] : [])];
  return run(['replay', 'server', 'recordings/demo.qmptap', ...flags, '--exec', '--', ...command]);
}

describe('the examples', () => {
  labTest(isModule ? 'python3' : 'pytest')('of pytest run as they say', async () => {
    const ran = await replayed(...pytest, '-q', '-p', 'no:cacheprovider', 'test/examples/test_hotplug.py');
    expect(ran.stdout).toContain('3 passed');
    expect(ran.code).toBe(0);
  });

  labTest('socat')('of a shell run as they say', async () => {
    const ran = await replayed('sh', 'test/examples/hotplug.sh');
    expect(ran.stdout).toBe(
      '{"return": {"status": "prelaunch", "singlestep": false, "running": false}, "id": "last"}\r\n',
    );
    expect(ran.code).toBe(0);
  });

  test('fail with the code of what they run', async () => {
    expect((await replayed('sh', '-c', 'exit 9')).code).toBe(9);
  });
});
