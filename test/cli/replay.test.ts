import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { testFolder } from '../support/folder.js';
import { qmptap, run } from '../support/process.js';
import { negotiated, QmpClient } from '../support/qmp-client.js';
import { greeting } from '../support/recorded.js';
import { recordingFile } from '../support/recording-file.js';

const begin = [`<- ${greeting}`, '-> {"execute":"qmp_capabilities","id":1}', '<- {"return": {}, "id": 1}'];
const session = [
  ...begin,
  '-> {"execute":"query-status","id":2}',
  '<- {"return": {"status": "running"}, "id": 2}',
  '-> {"execute":"stop","id":3}',
  '<- {"timestamp": {"seconds": 1, "microseconds": 2}, "event": "STOP"}',
  '<- {"return": {}, "id": 3}',
];

/** Says each of its arguments as a command, prints what comes, and exits with $CODE. */
const client = `
const [, , ...names] = process.argv;
const socket = require('node:net').connect(process.env.QMPTAP_ADDRESS.replace('unix:', ''));
let text = '';
const next = () => {
  const name = names.shift();
  if (name === undefined) { socket.end(); process.exitCode = Number(process.env.CODE ?? 0); }
  else socket.write(JSON.stringify({ execute: name, id: name }) + '\\r\\n');
};
socket.on('data', (chunk) => {
  for (text += chunk; text.includes('\\n'); text = text.slice(text.indexOf('\\n') + 1)) {
    const line = text.slice(0, text.indexOf('\\n'));
    console.log(line.trim());
    if (!line.includes('"event"')) next();
  }
});
`;

async function setUp(...sessions: string[][]): Promise<{ folder: string; file: string; exec: string[] }> {
  const folder = testFolder();
  const program = join(folder, 'client.cjs');
  writeFileSync(program, client);
  const file = await recordingFile(join(folder, 'r.qmptap'), ...sessions);
  return { folder, file, exec: ['--exec', '--', process.execPath, program] };
}

const whole = ['qmp_capabilities', 'query-status', 'stop'];

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

test('what is never compared is explained', async () => {
  const explained = await run(['replay', 'server', '--explain', '--ignore', '**.mac']);
  expect(explained).toMatchObject({ code: 0, stderr: '' });
  expect(explained.stdout).toMatch(/event \* +timestamp +the time/);
  expect(explained.stdout).toMatch(/everything +\*\*\.mac +--ignore/);
});

test.each([
  [['replay', 'server', 'x', '--listen', '/q', '--on-miss', 'forward'], 'forwarding needs both'],
  [['replay', 'server', 'x', '--listen', '/q', '--repeat', 'query-*'], '--repeat needs --match content'],
  [['replay', 'server', 'x', '--listen', '/q', '--pacing', 'soon'], 'no such pacing'],
  [['replay', 'client', 'x', '--connect', '/q', '--fd', 'migrate'], 'not NAME=PATH'],
])('%j is refused', async (args, why) => {
  const refused = await run(args);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain(why);
  expect(refused.stdout).toBe('');
});
