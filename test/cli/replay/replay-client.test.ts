import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { qmptap, run } from '../../support/process.js';
import { greeting } from '../../support/recorded.js';
import { recordingFile } from '../../support/recording-file.js';
import { begin, session, setUp } from './replayed.js';

describe('replay client', () => {
  test('without a server prints its plan', async () => {
    const { file } = await setUp(session);
    const plan = await run(['replay', 'client', file, '--dry-run', '--read-only']);
    expect(plan).toMatchObject({ code: 0, stderr: '' });
    expect(plan.stdout).toBe(`  wait #1 <- ${greeting}
  send #2 -> {"execute":"qmp_capabilities","id":1}
  wait #3 <- {"return": {}, "id": 1}
  send #4 -> {"execute":"query-status","id":2}
  wait #5 <- {"return": {"status": "running"}, "id": 2}
  skip #6 -> {"execute":"stop","id":3}
`);
  });

  test('needs to know which of several sessions', async () => {
    const { file } = await setUp(session, begin);
    const several = await run(['replay', 'client', file, '--connect', '/tmp/none.sock']);
    expect(several.code).toBe(1);
    expect(several.stderr).toContain('it has 2 sessions, and a client speaks one; choose with --session N');
  });

  test('finds no difference in a server that plays the same recording, at any pace', async () => {
    const { folder, file } = await setUp(session);
    const listen = join(folder, 'q.sock');
    const server = qmptap(['replay', 'server', file, '--keep', '--pacing', 'x2', '--listen', listen]);
    await server.says(/replaying/);
    for (const pacing of ['asap', 'recorded', 'x100']) {
      const played = await run(['replay', 'client', file, '--pacing', pacing, '--connect', listen]);
      expect(played.code).toBe(0);
      expect(played.stderr).toMatch(/as recorded; 3 messages of the client\n$/);
    }
    server.signal('SIGTERM');
    expect(await server.ended).toBe(143);
    expect(server.stderr()).toContain('as recorded; 9 messages of the client');
  });

  test('names what never comes', async () => {
    const { folder, file } = await setUp(session);
    const short = await recordingFile(
      join(folder, 'short.qmptap'),
      session.slice(0, -2).concat('<- {"return": {}, "id": 3}'),
    );
    const listen = join(folder, 'q.sock');
    const server = qmptap(['replay', 'server', short, '--listen', listen]);
    await server.says(/replaying/);
    const played = await run(['replay', 'client', file, '--timeout', '0.2', '--connect', listen]);
    expect(played.code).toBe(3);
    expect(played.stderr).toMatch(
      /1 message that was recorded did not come within 0.2 s\n[^]*expected\n.*"STOP"/,
    );
  });
});

test.each([[['replay', 'client', 'x', '--connect', '/q', '--fd', 'migrate'], 'not NAME=PATH']])(
  '%j is refused',
  async (args, why) => {
    const refused = await run(args);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain(why);
    expect(refused.stdout).toBe('');
  },
);
