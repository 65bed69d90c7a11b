import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { testFolder } from '../../support/folder.js';
import { qmptap, run, type Running } from '../../support/process.js';
import { QmpClient } from '../../support/qmp-client.js';
import { until } from '../../support/until.js';

interface Setup {
  readonly folder: string;
  readonly listen: string;
  readonly record: (...flags: readonly string[]) => Promise<Running>;
}

/** A recorder of a demonstration's server, in a folder of its own. */
async function setup(): Promise<Setup> {
  const folder = testFolder();
  const [server, listen] = [join(folder, 's'), join(folder, 'c')];
  const replay = qmptap([
    'replay',
    'server',
    'recordings/demo.qmptap',
    '--listen',
    server,
    '--match',
    'content',
    '--keep',
  ]);
  await replay.says(/replaying/);
  return {
    folder,
    listen,
    record: async (...flags) => {
      const recorder = qmptap([
        'record',
        '-l',
        listen,
        '-c',
        server,
        '-o',
        join(folder, 'vm.qmptap'),
        ...flags,
      ]);
      await recorder.says(/recording unix/);
      return recorder;
    },
  };
}

async function client(path: string, id: string): Promise<QmpClient> {
  const connected = await QmpClient.connect(path);
  connected.send(`{"execute":"qmp_capabilities","id":"${id}"}\n`);
  await until('an answer', () => connected.received.join('').includes(`"id": "${id}"`));
  return connected;
}

const files = (folder: string): string[] => readdirSync(folder).filter((name) => name.startsWith('vm'));

/** The ids of the commands in a recording, of each session. */
async function idsIn(path: string): Promise<unknown[]> {
  const { stdout, code } = await run(['show', path, '--json', 'kind:command']);
  expect(code).toBe(0);
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter(({ type }) => type === 'message')
    .map(({ session, id }) => `${String(session)} ${String(id)}`);
}

describe('record, left on', () => {
  test('the live view goes on over the change of files; the end names them all', async () => {
    const { folder, listen, record } = await setup();
    const recorder = await record('--max-sessions', '1', '--json');
    const long = await client(listen, 'long');
    await (await client(listen, 'short')).end();
    await (await client(listen, 'third')).end();
    await recorder.says(/vm-00002.qmptap/);
    long.send('{"execute":"query-version","id":"late"}\n');
    await recorder.says(/"late"/, 'stdout');
    await long.end();
    await recorder.says(/messages: .*vm-00001.qmptap/);
    await recorder.says(/session 3: client-closed/);
    recorder.signal('SIGINT');
    expect(await recorder.ended).toBe(130);

    expect(files(folder)).toEqual(['vm-00001.qmptap', 'vm-00002.qmptap', 'vm-00003.qmptap']);
    const paths = files(folder).map((name) => join(folder, name));
    expect(recorder.stderr()).toContain(`messages in 3 sessions: ${paths.join(', ')}`);
    expect(await Promise.all(paths.map(idsIn))).toEqual([['1 long', '1 late'], ['2 short'], ['3 third']]);
    const printed = recorder
      .stdout()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    const commands = printed.filter(({ kind }) => kind === 'command');
    expect(commands.map(({ session, id }) => `${String(session)} ${String(id)}`).sort()).toEqual([
      '1 late',
      '1 long',
      '2 short',
      '3 third',
    ]);
    expect(printed.filter(({ type }) => type === 'recording')).toHaveLength(3);
  });

  test('a recorder that is started again goes on in the next file, also behind one that was killed', async () => {
    const { folder, listen, record } = await setup();
    const killed = await record('--keep', '2', '--quiet', '--durable');
    await client(listen, 'one');
    killed.signal('SIGKILL');
    await killed.ended;
    for (const id of ['two', 'three']) {
      const recorder = await record('--keep', '2', '--quiet');
      await (await client(listen, id)).end();
      await recorder.says(/client-closed/);
      recorder.signal('SIGTERM');
      expect(await recorder.ended).toBe(143);
      if (id === 'three')
        expect(recorder.stderr()).toMatch(/vm-00001.qmptap: removed, as the oldest of too many/);
      else expect(await idsIn(join(folder, 'vm-00001.qmptap'))).toEqual(['1 one']);
    }
    expect(files(folder)).toEqual(['vm-00002.qmptap', 'vm-00003.qmptap']);
    expect(await idsIn(join(folder, 'vm-00003.qmptap'))).toEqual(['1 three']);
  });

  test.each([
    [['--max-size', '10X'], '--max-size 10X: not a size; write 100M or 2G, for example'],
    [['--max-size', '-1'], '--max-size -1: not a size'],
    [['--max-size', '100k'], '--max-size 100k: a file holds at least 1M'],
    [['--max-size', '99999999T'], '--max-size 99999999T: a file holds at least 1M and at most 8000T'],
    [['--max-sessions', '0'], '--max-sessions 0: not a number from 1; write 10'],
    [['--keep', 'all'], '--keep all: not a number from 1'],
    [['--keep', '3', '--force'], 'a series of files replaces nothing'],
  ])('%j is refused in one line', async (flags, said) => {
    const folder = testFolder();
    const args = ['record', '-l', join(folder, 'c'), '-c', join(folder, 's'), '-o', join(folder, 'vm')];
    const { code, stderr } = await run([...args, ...flags]);
    expect(code).toBe(2);
    expect(stderr).toContain(said);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('an emulator hands the limits on to its recorders; one that plays back has none', async () => {
    const folder = testFolder();
    const emulator = join(folder, 'emulator');
    const record = ['--qemu', process.execPath, '--recordings', join(folder, 'r')];
    const limits = ['--max-size', '1.5G', '--max-sessions', '7', '--keep', '20'];
    expect((await run(['emulator', emulator, ...record, ...limits])).code).toBe(0);
    expect(readFileSync(emulator, 'utf8')).toContain(' --max-size 1610612736 --max-sessions 7 --keep 20)');
    const replay = await run(['emulator', emulator, '--replay', 'recordings/demo.qmptap', '--keep', '2']);
    expect(replay).toMatchObject({ code: 2 });
    expect(replay.stderr).toContain(
      'emulator --replay: it records nothing; leave out --agent, --probe, --max-size',
    );
  });
});
