import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { testFolder } from '../support/folder.js';
import { qmptap, run } from '../support/process.js';
import { labTest } from '../support/programs.js';
import { startGuestAgent, startQemu } from '../support/qemu.js';
import { negotiated } from '../support/qmp-client.js';

const qemuTest = labTest('qemu-system-x86_64', 'python3');
const agentTest = labTest('qemu-ga', 'python3');

/** A client as people write them: a socket, lines, ids of its own. Prints all that it is told. */
const qmpClient = `import json, os, socket, sys
s = socket.socket(socket.AF_UNIX)
s.connect(os.environ['QMPTAP_ADDRESS'].removeprefix('unix:'))
f = s.makefile('rwb')
print(f.readline())
def execute(name, **arguments):
    command = {'execute': name, 'id': os.environ.get('PREFIX', 'py-') + name}
    if arguments: command['arguments'] = arguments
    f.write(json.dumps(command).encode() + b'\\r\\n'); f.flush()
    while True:
        line = f.readline()
        message = json.loads(line)
        if 'event' not in message:
            assert message['id'] == command['id'], message
            print({key: value for key, value in message.items() if key != 'id'})
            return
        print(message['event'])
execute('qmp_capabilities')
for name in 'query-version query-status query-qmp-schema stop query-status cont query-cpus-fast no-such-thing'.split():
    execute(name)
execute('qom-list', path='/machine')
execute('object-add', **{'qom-type': 'iothread', 'id': 'io0'})
execute('query-iothreads')
`;

const agentClient = `import json, os, random, socket
s = socket.socket(socket.AF_UNIX)
s.connect(os.environ['QMPTAP_ADDRESS'].removeprefix('unix:'))
f = s.makefile('rwb')
value = random.randrange(2 ** 62)
f.write(b'\\xff' + json.dumps({'execute': 'guest-sync-delimited', 'arguments': {'id': value}}).encode() + b'\\n'); f.flush()
print(f.readline())
answer = f.readline()
assert answer[:1] == b'\\xff' and json.loads(answer[1:])['return'] == value, answer
for name in 'guest-ping guest-info guest-get-time guest-get-host-name guest-nonsense'.split():
    f.write(json.dumps({'execute': name}).encode() + b'\\n'); f.flush()
    print(f.readline())
`;

interface Recording {
  readonly folder: string;
  readonly file: string;
  readonly client: string;
  /** What the client was told. */
  readonly transcript: string;
}

async function record(folder: string, server: string, program: string): Promise<Recording> {
  const client = join(folder, 'client.py');
  writeFileSync(client, program);
  const file = join(folder, 'recorded.qmptap');
  const listen = join(folder, 'tap.sock');
  const recorder = await run([
    ...['record', '-q', '--listen', listen, '--connect', server, '-o', file],
    ...['--exec', '--', 'python3', client],
  ]);
  expect(recorder).toMatchObject({ code: 0 });
  return { folder, file, client, transcript: recorder.stdout };
}

describe('a session with a real QEMU', () => {
  qemuTest('replayed as server gives its client the same transcript', async () => {
    const folder = testFolder();
    const { file, client, transcript } = await record(folder, (await startQemu(folder)).socket, qmpClient);
    expect(transcript).toContain('STOP\n');
    for (const match of ['strict', 'content']) {
      const replay = await run(
        ['replay', 'server', file, '--match', match, '--exec', '--', 'python3', client],
        {
          env: { ...process.env, PREFIX: `another ${match} ` },
        },
      );
      expect(replay).toMatchObject({ code: 0, stdout: transcript });
      expect(replay.stderr).toContain('as recorded; 12 messages of the client');
    }
  });

  qemuTest('replayed as client to a fresh QEMU does not diverge, to another machine it does', async () => {
    const folder = testFolder();
    const { file } = await record(folder, (await startQemu(folder)).socket, qmpClient);
    const fresh = await startQemu(folder, { name: 'fresh.sock' });
    const same = await run(['replay', 'client', file, '--connect', fresh.socket]);
    expect(same.stderr).toMatch(/as recorded; 12 messages of the client\n$/);
    expect(same.code).toBe(0);
    const machine = ['-machine', 'pc', '-nodefaults', '-display', 'none', '-accel', 'tcg'];
    const pc = await startQemu(folder, { name: 'pc.sock', machine });
    const report = join(folder, 'report.json');
    const other = await run(['replay', 'client', file, '--connect', pc.socket, '--report', report]);
    expect(other.code).toBe(3);
    const { divergences } = JSON.parse(readFileSync(report, 'utf8')) as {
      divergences: { differences: { path: string }[] }[];
    };
    const paths = divergences.flatMap(({ differences }) => differences.map(({ path }) => path));
    expect(paths).toContain('return[0]');
    expect(other.stderr).toMatch(/the answer to 'query-cpus-fast' \(message \d+\) differs/);
    const readOnly = await run(['replay', 'client', file, '--connect', pc.socket, '--read-only']);
    expect(readOnly.stderr).toMatch(/left out by --read-only: #\d+ {"execute": "object-add"/);
  });

  qemuTest('replayed as server gives every byte, pretty-printed ones and all', async () => {
    const folder = testFolder();
    const qemu = await startQemu(folder, { monitor: ',pretty=on' });
    const file = join(folder, 'pretty.qmptap');
    const listen = join(folder, 'tap.sock');
    const recorder = qmptap([
      'record',
      '-q',
      '--once',
      '--listen',
      listen,
      '--connect',
      qemu.socket,
      '-o',
      file,
    ]);
    await recorder.says(/recording/);
    const talk = async (address: string): Promise<string> => {
      const client = await negotiated(address);
      client.send('{"execute":"query-status","id":1}{"execute":"stop","id":{"a":[1.50]}}\n\n@@@\r\n');
      client.send('{"execute":"query-commands","id":"last"}');
      await client.receives(/"last"\r\n}\r\n$/);
      await client.end();
      return client.text();
    };
    const first = await talk(listen);
    await recorder.ended;
    const replay = join(folder, 'replay.sock');
    const server = qmptap(['replay', 'server', file, '--listen', replay]);
    await server.says(/replaying/);
    expect(await talk(replay)).toBe(first);
    expect(await server.ended).toBe(0);
  });

  qemuTest('is completed by the real server where it has no answer, and that is learned', async () => {
    const folder = testFolder();
    const qemu = await startQemu(folder);
    const { file, client } = await record(folder, qemu.socket, qmpClient);
    const more = join(folder, 'more.py');
    writeFileSync(
      more,
      `${readFileSync(client, 'utf8')}execute('query-name')\nexecute('system_reset')\nexecute('query-kvm')\n`,
    );
    const learned = join(folder, 'learned.qmptap');
    const forward = ['--on-miss', 'forward', '--upstream', qemu.socket, '-o', learned];
    const first = await run(['replay', 'server', file, ...forward, '--exec', '--', 'python3', more]);
    expect(first).toMatchObject({ code: 0 });
    expect(first.stderr).toContain('3 answered by the real server');
    expect(first.stdout).toContain('RESET\n');
    const second = await run(['replay', 'server', learned, '--exec', '--', 'python3', more]);
    expect(second).toMatchObject({ code: 0, stdout: first.stdout });
  });

  qemuTest('with a descriptor is replayed with /dev/null, or with a file', async () => {
    const folder = testFolder();
    const getfd = `import json, os, socket
s = socket.socket(socket.AF_UNIX)
s.connect(os.environ['QMPTAP_ADDRESS'].removeprefix('unix:'))
f = s.makefile('rb')
f.readline()
for name, arguments, fds in [('qmp_capabilities', {}, []), ('getfd', {'fdname': 'state'}, [1]), ('closefd', {'fdname': 'state'}, [])]:
    socket.send_fds(s, [json.dumps({'execute': name, 'arguments': arguments}).encode() + b'\\n'], fds)
    print(f.readline())
`;
    const { file, transcript } = await record(folder, (await startQemu(folder)).socket, getfd);
    expect(transcript).not.toContain('error');
    const fresh = await startQemu(folder, { name: 'fresh.sock' });
    for (const flags of [[], ['--fd', `state=${join(folder, 'state')}`]]) {
      const replay = await run(['replay', 'client', file, '--connect', fresh.socket, ...flags]);
      expect(replay).toMatchObject({ code: 0 });
    }
    const wrong = await run(['replay', 'client', file, '--connect', fresh.socket, '--fd', 'other=/dev/null']);
    expect(wrong).toMatchObject({ code: 2 });
    expect(wrong.stderr).toContain('no recorded command has a descriptor of that name; there are state');
  });
});

describe('a session with a real guest agent', () => {
  agentTest('is replayed both ways', async () => {
    const folder = testFolder();
    const agent = await startGuestAgent(folder);
    const { file, client, transcript } = await record(folder, agent.socket, agentClient);
    for (const match of ['strict', 'content']) {
      const replay = await run([
        'replay',
        'server',
        file,
        '--match',
        match,
        '--exec',
        '--',
        'python3',
        client,
      ]);
      expect(replay).toMatchObject({ code: 0, stdout: transcript });
    }
    const back = await run(['replay', 'client', file, '--connect', agent.socket]);
    expect(back).toMatchObject({ code: 0 });
  });
});
