import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { qmptap, run } from '../../support/process.js';
import { negotiated, QmpClient } from '../../support/qmp-client.js';
import { greeting } from '../../support/recorded.js';
import { begin, session, setUp, whole } from './replayed.js';

describe('replay server --exec', () => {
  test("ends with the command's code, or 3 if the replay diverged", async () => {
    const { file, exec } = await setUp(session);
    const good = await run(['replay', 'server', file, ...exec, ...whole]);
    expect(good).toMatchObject({ code: 0 });
    expect(good.stdout).toBe(
      [
        greeting,
        '{"return": {}, "id": "qmp_capabilities"}',
        '{"return": {"status": "running"}, "id": "query-status"}',
        '{"timestamp": {"seconds": 1, "microseconds": 2}, "event": "STOP"}',
        '{"return": {}, "id": "stop"}',
        '',
      ].join('\n'),
    );
    const failing = await run(['replay', 'server', file, ...exec, ...whole], {
      env: { ...process.env, CODE: '7' },
    });
    expect(failing.code).toBe(7);
    const unused = await run(['replay', 'server', file, ...exec, ...whole.slice(0, 1)]);
    expect(unused.code).toBe(3);
    expect(unused.stderr).toMatch(
      /2 recorded messages were never sent by the client\n[^]*#4 {4}-> {"execute":"query-status"/,
    );
    const missed = await run([
      'replay',
      'server',
      file,
      ...exec,
      'qmp_capabilities',
      'query-block',
      'query-status',
      'stop',
    ]);
    expect(missed.code).toBe(3);
    expect(missed.stdout).toContain(
      `"id": "query-block", "error": {"class": "GenericError", "desc": "qmptap replay: 'query-block' is not`,
    );
    const lenient = await run([
      'replay',
      'server',
      file,
      '--match',
      'content',
      ...exec,
      'stop',
      'qmp_capabilities',
    ]);
    expect(lenient.code).toBe(0);
  });

  test('writes a report', async () => {
    const { folder, file, exec } = await setUp(session);
    const [json, xml] = [join(folder, 'r.json'), join(folder, 'r.xml')];
    await run(['replay', 'server', file, '--report', json, ...exec, 'qmp_capabilities', 'nonsense']);
    expect(JSON.parse(readFileSync(json, 'utf8'))).toMatchObject({
      role: 'server',
      outcome: 'diverged',
      diverged: 2,
    });
    await run(['replay', 'server', file, '--report', xml, ...exec, ...whole]);
    expect(readFileSync(xml, 'utf8')).toContain('name="3 messages as recorded"/>');
    const nowhere = await run([
      'replay',
      'server',
      file,
      '--report',
      join(folder, 'no', 'r.xml'),
      ...exec,
      ...whole,
    ]);
    expect(nowhere.code).toBe(1);
    expect(nowhere.stderr).toContain('the report cannot be written');
  });

  test('wants every session, unless one is chosen', async () => {
    const { file, exec } = await setUp(session, begin);
    const first = await run(['replay', 'server', file, ...exec, ...whole]);
    expect(first.code).toBe(3);
    expect(first.stderr).toContain('session 2: no client came for this session');
    const chosen = await run(['replay', 'server', file, '--session', '2', ...exec, 'qmp_capabilities']);
    expect(chosen.code).toBe(0);
  });

  test('is no success if nobody connected', async () => {
    const { file } = await setUp(session);
    const nothing = await run(['replay', 'server', file, '--match', 'content', '--exec', '--', 'true']);
    expect(nothing.code).toBe(3);
    expect(nothing.stderr).toContain('the command never connected to $QMPTAP_ADDRESS');
  });

  test('tells programs in JSON', async () => {
    const { file, exec } = await setUp(session);
    const told = await run(['--log-format', 'json', 'replay', 'server', file, ...exec, 'query-block']);
    const lines = told.stderr
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.find((line) => 'divergence' in line)).toMatchObject({
      level: 40,
      divergence: { kind: 'miss', session: 1 },
    });
  });

  test('says what is wrong with a command that cannot be run', async () => {
    const { file } = await setUp(session);
    const none = await run(['replay', 'server', file, '--exec', '--', '/no/such/program']);
    expect(none.code).toBe(1);
    expect(none.stderr).toContain('--exec /no/such/program');
  });
});

describe('replay server', () => {
  test('plays the sessions in turn and ends; with --keep it begins again', async () => {
    const { folder, file } = await setUp(begin, begin);
    const listen = join(folder, 'q.sock');
    const server = qmptap(['replay', 'server', file, '--listen', listen]);
    await server.says(/replaying/);
    for (let turn = 0; turn < 2; turn++) await (await negotiated(listen)).end();
    expect(await server.ended).toBe(0);
    expect(existsSync(listen)).toBe(false);
    const keeping = qmptap(['replay', 'server', file, '--keep', '--listen', listen]);
    await keeping.says(/replaying/);
    for (let turn = 0; turn < 5; turn++) await (await negotiated(listen)).end();
    keeping.signal('SIGINT');
    expect(await keeping.ended).toBe(130);
  });

  test('--once ends after one client', async () => {
    const { folder, file } = await setUp(begin, begin);
    const listen = join(folder, 'q.sock');
    const server = qmptap(['replay', 'server', file, '--once', '--listen', listen]);
    await server.says(/replaying/);
    await (await negotiated(listen)).end();
    expect(await server.ended).toBe(0);
  });

  test('--timeout ends every wait', async () => {
    const { folder, file } = await setUp(session);
    const listen = join(folder, 'q.sock');
    const alone = await run(['replay', 'server', file, '--timeout', '0.1', '--listen', listen]);
    expect(alone.code).toBe(3);
    expect(alone.stderr).toContain('no client came for 0.1 s');
    const server = qmptap(['replay', 'server', file, '--timeout', '0.3', '--listen', listen]);
    await server.says(/replaying/);
    const silent = await QmpClient.connect(listen);
    await silent.receives(/QMP/);
    expect(await server.ended).toBe(3);
    expect(server.stderr()).toContain('the client sent nothing for 0.3 s');
  });

  test('tells what a recording lacks', async () => {
    const { file, exec } = await setUp(session.slice(1));
    const said = await run(['replay', 'server', file, '--match', 'content', ...exec, 'stop']);
    expect(said.stderr).toContain('session 1 has no greeting; a replayed server makes one up');
    expect(said.stdout).toMatch(
      /^{"QMP": .*"capabilities": \[\]}}\n{"timestamp".*\n{"return": {}, "id": "stop"}\n$/,
    );
  });
});

test.each([
  [['replay', 'server', 'x', '--listen', '/q', '--on-miss', 'forward'], 'forwarding needs both'],
  [['replay', 'server', 'x', '--listen', '/q', '--repeat', 'query-*'], 'give --match content'],
  [['replay', 'server', 'x', '--listen', '/q', '--pacing', 'soon'], 'no such pacing'],
])('%j is refused', async (args, why) => {
  const refused = await run(args);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain(why);
  expect(refused.stdout).toBe('');
});
