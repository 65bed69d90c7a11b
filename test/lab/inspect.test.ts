/** Stories, differences and the schema on recordings of the real QEMU and the real guest agent. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished } from 'vitest';
import { diffRecordings } from '../../src/inspect/diff/diff-recordings.js';
import { checkCommand, explainMessage } from '../../src/inspect/schema/schema-check.js';
import { findSchema } from '../../src/inspect/schema/schemas.js';
import { collectStatistics } from '../../src/inspect/stats/stats.js';
import { collectStories, type Story } from '../../src/inspect/stories/stories.js';
import type { RecordingReader } from '../../src/recording/ports.js';
import { openRecording } from '../../src/store/index/open.js';
import { testFolder } from '../support/folder.js';
import { qmptap } from '../support/process.js';
import { labTest } from '../support/programs.js';
import { startGuestAgent, startQemu } from '../support/qemu.js';
import { negotiated, QmpClient } from '../support/qmp-client.js';

const qemuTest = labTest('qemu-system-x86_64');
let files = 0;

/** Records what `speak` says to a server, and opens the recording. */
async function recorded(server: string, speak: (address: string) => Promise<void>): Promise<RecordingReader> {
  const folder = testFolder();
  const [listen, file] = [join(folder, 'tap.sock'), join(folder, `${++files}.qmptap`)];
  const recorder = qmptap(['record', '--listen', listen, '--connect', server, '-o', file, '--quiet']);
  await recorder.says(/recording/);
  await speak(listen);
  recorder.signal('SIGTERM');
  await recorder.ended;
  const reader = openRecording(file);
  onTestFinished(() => {
    reader.close();
  });
  return reader;
}

/** A client that waits for the response to each command, whatever it is. */
class Speaker {
  readonly client: QmpClient;
  #id = 0;

  constructor(client: QmpClient) {
    this.client = client;
  }

  async say(name: string, args?: object): Promise<void> {
    const id = `speaker-${++this.#id}`;
    this.client.execute(name, args, id);
    await this.client.receives(new RegExp(`"id": "${id}"|"${id}"}`));
  }

  hears(pattern: RegExp): Promise<void> {
    return this.client.receives(pattern);
  }
}

const machine = (...more: string[]): readonly string[] => [
  '-nodefaults',
  '-display',
  'none',
  '-S',
  '-m',
  '32',
  ...more,
];

async function withQemu(
  args: readonly string[],
  speak: (speaker: Speaker) => Promise<void>,
): Promise<RecordingReader> {
  const qemu = await startQemu(testFolder(), { machine: args });
  return recorded(qemu.socket, async (address) => {
    const client = await negotiated(address);
    await speak(new Speaker(client));
    await client.end();
  });
}

const known = ({ kind, name, outcome, detail }: Story): unknown[] => [kind, name, outcome, detail];

/** A story lasts from its first message to its last, by the recording's own times. */
function expectTimes(reader: RecordingReader, stories: readonly Story[]): void {
  for (const { start, end, duration, steps } of stories) {
    expect(reader.message(start.session, start.seq)?.t).toBe(start.t);
    if (end === undefined) continue;
    expect(reader.message(end.session, end.seq)?.t).toBe(end.t);
    expect(duration).toBe(end.t - start.t);
    expect(steps.map(({ seq }) => seq)).toContain(end.seq);
  }
}

describe('stories', () => {
  qemuTest('of devices: one goes at once, one waits for a guest that never answers', async () => {
    const devices = [
      '-device',
      'qemu-xhci,id=usb',
      '-device',
      'usb-tablet,bus=usb.0,id=tablet',
      '-device',
      'virtio-rng-pci,id=rng',
    ];
    const reader = await withQemu(machine('-machine', 'pc', ...devices), async (speaker) => {
      await speaker.say('device_del', { id: 'tablet' });
      await speaker.hears(/DEVICE_DELETED/);
      await speaker.say('device_del', { id: 'rng' });
      await speaker.say('device_del', { id: 'none' });
      await speaker.say('query-status');
    });
    const stories = collectStories(reader);
    expect(stories.map(known)).toEqual([
      ['device removal', 'rng', 'unfinished', 'the client left before the end'],
      ['device removal', 'tablet', 'success', undefined],
      ['device removal', 'none', 'failure', "Device 'none' not found"],
    ]);
    expectTimes(reader, stories);
  });

  qemuTest('of jobs: to the end, cancelled, failed, and in a transaction', async () => {
    const nodes = ['src', 'dst', 'dst2', 'dst3'].flatMap((name) => [
      '-blockdev',
      `null-co,node-name=${name},size=67108864`,
    ]);
    const reader = await withQemu(machine('-machine', 'none', ...nodes), async (speaker) => {
      const job = { device: 'src', sync: 'full' };
      await speaker.say('blockdev-mirror', { ...job, 'job-id': 'copy', target: 'dst' });
      await speaker.hears(/BLOCK_JOB_READY/);
      await speaker.say('block-job-complete', { device: 'copy' });
      await speaker.hears(/BLOCK_JOB_COMPLETED[^]*"null"/);
      await speaker.say('blockdev-backup', { ...job, 'job-id': 'slow', target: 'dst2', speed: 1 });
      await speaker.say('block-job-cancel', { device: 'slow', force: true });
      await speaker.hears(/BLOCK_JOB_CANCELLED[^]*"null"/);
      await speaker.say('transaction', {
        actions: [{ type: 'blockdev-backup', data: { ...job, 'job-id': 'both', target: 'dst3', speed: 1 } }],
      });
      await speaker.say('blockdev-mirror', { ...job, 'job-id': 'never', target: 'nothing' });
      const options = { driver: 'qcow2', file: 'src', size: 1 };
      await speaker.say('blockdev-create', { 'job-id': 'made', options });
      await speaker.hears(/"concluded", "id": "made"|"id": "made", "status": "concluded"/);
      await speaker.say('query-jobs');
      await speaker.say('job-dismiss', { id: 'made' });
    });
    const stories = collectStories(reader);
    expect(stories.map(known)).toEqual([
      ['job', 'both', 'unfinished', 'the client left before the end'],
      ['job', 'copy', 'success', 'mirror'],
      ['job', 'slow', 'cancelled', 'backup'],
      ['transaction', 'blockdev-backup', 'success', undefined],
      ['job', 'never', 'failure', expect.any(String)],
      ['job', 'made', 'failure', expect.stringContaining('size')],
    ]);
    expectTimes(reader, stories);
    expect(stories[1]?.steps.map(({ text }) => text)).toEqual(
      expect.arrayContaining(['created', 'running', 'ready', 'block-job-complete', 'concluded', 'null']),
    );
  });

  qemuTest('of migrations: to a file, and to nobody', async () => {
    const folder = testFolder();
    const reader = await withQemu(machine('-machine', 'pc'), async (speaker) => {
      await speaker.say('migrate-set-capabilities', {
        capabilities: [{ capability: 'events', state: true }],
      });
      await speaker.say('migrate', { uri: `unix:${join(folder, 'nobody')}` });
      await speaker.hears(/"failed"/);
      await speaker.say('query-migrate');
      await speaker.say('migrate', { uri: `exec:cat > ${join(folder, 'state')}` });
      await speaker.hears(/"completed"/);
      await speaker.say('query-migrate');
    });
    const stories = collectStories(reader);
    expect(stories.map(known)).toEqual([
      ['migration', expect.stringContaining('nobody'), 'failure', expect.anything()],
      ['migration', expect.stringContaining('exec:'), 'success', expect.stringMatching(/^downtime \d+ ms$/)],
    ]);
    expectTimes(reader, stories);
    expect(existsSync(join(folder, 'state'))).toBe(true);
  });

  labTest('qemu-ga')('of programs in the guest', async () => {
    const agent = await startGuestAgent(testFolder());
    const reader = await recorded(agent.socket, async (address) => {
      const speaker = new Speaker(await QmpClient.connect(address));
      const shell = async (script: string, count: number): Promise<string> => {
        await speaker.say('guest-exec', { path: '/bin/sh', arg: ['-c', script] });
        return [...speaker.client.text().matchAll(/"pid": (\d+)/g)][count]?.[1] ?? '';
      };
      const pid = Number(await shell('exit 3', 0));
      while (!speaker.client.text().includes('"exitcode"')) await speaker.say('guest-exec-status', { pid });
      await shell('sleep 60 & wait', 1);
      await speaker.client.end();
    });
    const stories = collectStories(reader);
    expect(stories.map(known)).toEqual([
      ['guest program', '/bin/sh -c sleep 60 & wait', 'unfinished', 'the client left before the end'],
      ['guest program', '/bin/sh -c exit 3', 'failure', 'exit code 3'],
    ]);
    expectTimes(reader, stories);
  });
});

describe('diff', () => {
  const asks = async (speaker: Speaker): Promise<void> => {
    for (const name of [
      'query-version',
      'query-cpus-fast',
      'query-block',
      'query-chardev',
      'query-hotpluggable-cpus',
      'query-current-machine',
    ]) {
      await speaker.say(name);
    }
    await speaker.say('qom-list', { path: '/machine/peripheral-anon' });
    await speaker.say('cont');
    await speaker.say('stop');
  };
  const disk = ['-blockdev', 'null-co,node-name=n,size=1048576', '-device', 'virtio-blk-pci,drive=n,id=d'];

  qemuTest('two starts of one machine are the same, two types of machine are not', async () => {
    const [first, second, other] = [
      await withQemu(machine('-machine', 'pc', ...disk), asks),
      await withQemu(machine('-machine', 'pc', ...disk), asks),
      await withQemu(machine('-machine', 'q35', '-smp', '2', ...disk), asks),
    ];
    expect(diffRecordings(first, second).sessions[0]).toMatchObject({
      exchanges: { a: 10, b: 10, same: 10 },
      events: { a: 2, same: 2 },
      entries: [],
    });
    const { entries, exchanges } = diffRecordings(first, other).sessions[0]!;
    expect(exchanges).toMatchObject({ a: 10, b: 10 });
    const paths = entries.flatMap((entry) => entry.differences.map(({ path }) => `${entry.name} ${path}`));
    expect(paths).toContain('query-cpus-fast return[1]');
    expect(entries.every(({ change }) => change === 'changed')).toBe(true);
    expect(collectStatistics([{ reader: first }, { reader: second }]).commands[0]).toMatchObject({
      count: 2,
      errors: 0,
    });
  });
});

describe('the schema', () => {
  /** Each with whether QEMU refuses it for its arguments. */
  const commands: readonly (readonly [wrong: boolean, name: string, given?: object])[] = [
    [false, 'query-status'],
    [true, 'query-status', { force: true }],
    [false, 'blockdev-add', { driver: 'null-co', 'node-name': 'a', size: 4096 }],
    [true, 'blockdev-add', { driver: 'null-co', 'node-name': 'b', size: '4096' }],
    [true, 'blockdev-add', { driver: 'null-co', 'node-name': 'b', size: 4096.5 }],
    [true, 'blockdev-add', { driver: 'null-cow', 'node-name': 'b' }],
    [true, 'blockdev-add', { driver: 'null-co', 'node-name': 'b', filename: 'x' }],
    [true, 'blockdev-add', { 'node-name': 'b' }],
    [false, 'blockdev-add', { driver: 'raw', 'node-name': 'c', file: 'a' }],
    [false, 'blockdev-add', { driver: 'raw', 'node-name': 'd', file: { driver: 'null-co', size: 4096 } }],
    [true, 'blockdev-add', { driver: 'raw', 'node-name': 'e', file: { driver: 'null-co', sice: 4096 } }],
    [true, 'blockdev-add', { driver: 'raw', 'node-name': 'e', file: 5 }],
    [true, 'blockdev-add', { driver: 'raw', 'node-name': 'e' }],
    [true, 'migrate-set-capabilities', { capabilities: [{ capability: 'events' }] }],
    [true, 'migrate-set-capabilities', { capabilities: { capability: 'events', state: true } }],
    [true, 'migrate-set-capabilities', { capabilities: [{ capability: 'evnets', state: true }] }],
    [true, 'migrate-set-capabilities', { capabilities: [{ capability: 'events', state: 1 }] }],
    [false, 'migrate-set-capabilities', { capabilities: [{ capability: 'events', state: true }] }],
    [false, 'object-add', { 'qom-type': 'iothread', id: 'io', 'poll-max-ns': 5 }],
    [true, 'object-add', { 'qom-type': 'iothread', id: 'io2', 'poll-max': 5 }],
    [true, 'query-stauts'],
    [false, 'qom-list', { path: '/' }],
    [true, 'qom-list', { path: ['/'] }],
    [true, 'qom-list', { path: null }],
    [false, 'qom-set', { path: '/objects/io', property: 'poll-max-ns', value: 7 }],
    [true, 'qom-set', { path: '/objects/io', property: 'poll-max-ns' }],
  ];

  qemuTest('finds wrong arguments before QEMU says so, and none that are right', async () => {
    const reader = await withQemu(machine('-machine', 'none'), async (speaker) => {
      await speaker.say('query-qmp-schema');
      for (const [, name, given] of commands) await speaker.say(name, given);
    });
    const schema = findSchema(reader, 1)!;
    expect(schema.unknown).toBe(0);
    const sent = [...reader.messages({ where: { op: 'glob', field: 'kind', glob: 'command' } })].slice(2);
    expect(sent).toHaveLength(commands.length);
    const judged = sent.map((message) => ({
      wrong: checkCommand(schema, message).some(({ issue }) => issue === 'wrong' || issue === 'absent'),
      refused: reader.responseTo(message.session, message.seq)?.kind === 'error',
    }));
    expect(judged).toEqual(commands.map(([wrong]) => ({ wrong, refused: wrong })));
  });

  qemuTest('fits what QEMU itself sends', async () => {
    const reader = await withQemu(machine('-machine', 'pc', '-smp', '2'), async (speaker) => {
      await speaker.say('query-qmp-schema');
      for (const name of [
        'query-cpus-fast',
        'query-block',
        'query-machines',
        'query-chardev',
        'query-pci',
        'query-migrate-parameters',
      ])
        await speaker.say(name);
      await speaker.say('cont');
      await speaker.say('stop');
    });
    const schema = findSchema(reader, 1)!;
    let explained = 0;
    for (const message of reader.messages()) {
      if (message.command === 'query-qmp-schema') continue;
      for (const { findings } of explainMessage(schema, message)) {
        explained += 1;
        expect(findings.filter(({ issue }) => issue === 'wrong')).toEqual([]);
      }
    }
    expect(explained).toBeGreaterThan(500);
  });
});
