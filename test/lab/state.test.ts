/** What is known of a VM, compared with what the real QEMU says: at random moments of a session with all that changes. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { areas, type AreaName, valueKind } from '../../src/inspect/state/areas.js';
import { stateValues, type StateValue } from '../../src/inspect/state/state-values.js';
import { collectContradictions, StateTimeline } from '../../src/inspect/state/timeline.js';
import { equalJson } from '../../src/json/canonical.js';
import { firstDivergence } from '../../src/inspect/diff/first-divergence.js';
import { type OpenedRecording, openRecording } from '../../src/store/index/open.js';
import { exchange, type Line, played } from '../support/conversation.js';
import { testFolder } from '../support/folder.js';
import { qmptap } from '../support/process.js';
import { labTest } from '../support/programs.js';
import { startQemu } from '../support/qemu.js';
import { negotiated, type QmpClient } from '../support/qmp-client.js';

/** Asks, and gives what was returned. */
class Asker {
  readonly client: QmpClient;
  #id = 0;

  constructor(client: QmpClient) {
    this.client = client;
  }

  async ask(name: string, given?: object): Promise<unknown> {
    const id = `ask-${++this.#id}`;
    this.client.execute(name, given, id);
    await this.client.receives(new RegExp(`"id": "${id}"[,}]`));
    const line = this.client
      .text()
      .split('\r\n')
      .find((text) => text.includes(`"id": "${id}"`));
    const answer = JSON.parse(line ?? '') as { return?: unknown; error?: { desc: string } };
    if (answer.error !== undefined) throw new Error(`${name}: ${answer.error.desc}`);
    return answer.return;
  }
}

/** What a fresh look asks for; together they name all things of these areas. */
const questions: readonly (readonly [name: string, given?: object])[] = [
  ['query-status'],
  ['query-named-block-nodes'],
  ['query-block'],
  ['x-debug-query-block-graph'],
  ['query-jobs'],
  ['qom-list', { path: '/machine/peripheral' }],
  ['query-chardev'],
  ['query-migrate'],
  ['query-migrate-capabilities'],
  ['query-migrate-parameters'],
];
const named: readonly AreaName[] = ['node', 'block-device', 'bitmap', 'device', 'job', 'chardev'];

/** A step: what to do, and which event to wait for. */
type Step = readonly [name: string, given?: object | undefined, event?: RegExp];

function steps(folder: string): readonly Step[] {
  const node = (name: string, file: string, more: object = {}): object => ({
    driver: 'qcow2',
    'node-name': name,
    file: { driver: 'file', 'node-name': `${name}-file`, filename: join(folder, file) },
    ...more,
  });
  const status = (id: string, to: string): RegExp => new RegExp(`"status": "${to}", "id": "${id}"`);
  return [
    ['query-status'],
    ['blockdev-add', node('disk', 'a.qcow2')],
    ['query-named-block-nodes'],
    ['device_add', { driver: 'scsi-hd', id: 'hd', drive: 'disk', bus: 'scsi.0' }],
    ['query-block'],
    ['qom-list', { path: '/machine/peripheral' }],
    ['cont', undefined, /RESUME/],
    ['query-status'],
    ['block-dirty-bitmap-add', { node: 'disk', name: 'daily', persistent: true }],
    ['query-named-block-nodes', { flat: true }],
    ['blockdev-add', node('over', 'b.qcow2', { backing: null })],
    ['x-debug-query-block-graph'],
    ['blockdev-snapshot', { node: 'disk', overlay: 'over' }],
    ['x-debug-query-block-graph'],
    ['query-block'],
    ['blockdev-add', node('target', 'c.qcow2')],
    [
      'blockdev-mirror',
      { 'job-id': 'copy', device: 'over', target: 'target', sync: 'full' },
      /BLOCK_JOB_READY/,
    ],
    ['query-jobs'],
    ['query-block'],
    ['job-complete', { id: 'copy' }, status('copy', 'null')],
    ['query-jobs'],
    ['query-named-block-nodes'],
    ['stop', undefined, /"STOP"/],
    ['system_reset', undefined, /"RESET"/],
    ['query-status'],
    [
      'transaction',
      {
        actions: [
          { type: 'block-dirty-bitmap-add', data: { node: 'target', name: 'one' } },
          { type: 'block-dirty-bitmap-add', data: { node: 'target', name: 'two', disabled: true } },
        ],
      },
    ],
    ['query-block'],
    ['migrate-set-parameters', { 'max-bandwidth': 1_000_000 }],
    ['migrate-set-capabilities', { capabilities: [{ capability: 'events', state: true }] }],
    ['query-migrate-parameters'],
    ['chardev-add', { id: 'spare', backend: { type: 'null', data: {} } }],
    ['query-chardev'],
    ['device_del', { id: 'hd' }, /"DEVICE_DELETED".*"hd"/],
    ['query-block'],
    ['blockdev-del', { 'node-name': 'target' }],
    ['blockdev-del', { 'node-name': 'over' }],
    ['query-named-block-nodes'],
    ['chardev-remove', { id: 'spare' }],
    ['qom-list', { path: '/machine/peripheral' }],
  ];
}

labTest('qemu-system-x86_64', 'qemu-img')(
  'what is asserted is what a fresh query says, at 20 random moments of hotplug, mirror and snapshot',
  async () => {
    const folder = testFolder();
    for (const name of ['a', 'b', 'c'])
      execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', join(folder, `${name}.qcow2`), '1M']);
    const second = join(folder, 'second.sock');
    const machine = ['-machine', 'pc', '-m', '32', '-nodefaults', '-display', 'none', '-S'];
    const monitor = ['-qmp', `unix:${second},server=on,wait=off`];
    const qemu = await startQemu(folder, {
      machine: [...machine, '-device', 'virtio-scsi-pci,id=scsi', ...monitor],
    });
    const [listen, file] = [join(folder, 'tap.sock'), join(folder, 'state.qmptap')];
    const recorder = qmptap(['record', '--listen', listen, '--connect', qemu.socket, '-o', file, '--quiet']);
    await recorder.says(/recording/);
    const [client, fresh] = [new Asker(await negotiated(listen)), new Asker(await negotiated(second))];

    const all = steps(folder);
    const chosen = new Set(
      all
        .map((_, at) => at)
        .sort(() => Math.random() - 0.5)
        .slice(0, 20),
    );
    const looks: { readonly after: string; readonly seq: number; readonly lines: readonly Line[] }[] = [];
    for (const [at, [name, given, event]] of all.entries()) {
      await client.ask(name, given);
      if (event !== undefined) await client.client.receives(event);
      if (!chosen.has(at)) continue;
      const answers: Line[] = [];
      for (const [question, asked] of questions)
        answers.push(...exchange(question, asked, await fresh.ask(question, asked)));
      // Whatever came meanwhile belongs to what was done before.
      const [sent, received] = [client.client.sent.length, client.client.text().split('\r\n').length - 1];
      looks.push({ after: `${at} ${name}`, seq: sent + received, lines: answers });
    }
    await client.client.end();
    recorder.signal('SIGTERM');
    await recorder.ended;

    const reader = openRecording(file);
    onTestFinished(() => {
      reader.close();
    });
    const timeline = new StateTimeline(reader);
    let compared = 0;
    for (const { after, seq, lines } of looks) {
      const [known] = timeline.at(reader.message(1, seq)?.index ?? NaN);
      const [now] = new StateTimeline(played(lines)).at(lines.length);
      if (known === undefined || now === undefined) throw new Error('nothing is known');
      const said = new Map([...stateValues(now)].map((value) => [keyOf(value), value]));
      for (const value of stateValues(known)) {
        if (value.standing === 'stale') continue;
        const { area, attribute } = value;
        const answer = said.get(keyOf(value));
        const where = `after ${after}: ${areas[area].title} ${value.name} ${attribute ?? ''}`;
        if (answer === undefined) {
          // QEMU tells neither; that something is there, it does.
          if (attribute === undefined && named.includes(area)) expect.fail(`${where} is not there`);
          continue;
        }
        compared += 1;
        if (attribute !== undefined && valueKind(area, attribute).respelled === true) continue;
        if (!equalJson(value.value, answer.value)) expect(value, where).toEqual(answer);
      }
    }
    expect(looks).toHaveLength(20);
    expect(compared).toBeGreaterThan(200);
    expect(collectContradictions(reader)).toEqual([]);
  },
);

/** Records the same questions and commands to a QEMU with these devices. */
async function recorded(...devices: readonly string[]): Promise<OpenedRecording> {
  const folder = testFolder();
  const machine = ['-machine', 'pc', '-m', '32', '-nodefaults', '-display', 'none', '-S'];
  const qemu = await startQemu(folder, { machine: [...machine, ...devices] });
  const [listen, file] = [join(folder, 'tap.sock'), join(folder, 'run.qmptap')];
  const recorder = qmptap(['record', '--listen', listen, '--connect', qemu.socket, '-o', file, '--quiet']);
  await recorder.says(/recording/);
  const client = new Asker(await negotiated(listen));
  await client.ask('query-status');
  await client.ask('qom-list', { path: '/machine/peripheral' });
  await client.ask('device_add', { driver: 'qemu-xhci', id: 'usb' }).catch(() => undefined);
  await client.client.end();
  recorder.signal('SIGTERM');
  await recorder.ended;
  const reader = openRecording(file);
  onTestFinished(() => {
    reader.close();
  });
  return reader;
}

labTest('qemu-system-x86_64')(
  'the first divergence is the command that failed; what was otherwise explains it',
  async () => {
    const [good, bad] = [await recorded(), await recorded('-device', 'piix3-usb-uhci,id=usb')];
    expect(firstDivergence(good, bad)).toMatchObject({
      sort: 'outcome',
      entry: { name: 'device_add' },
      state: [{ area: 'device', name: 'usb', before: undefined, after: { standing: 'asserted' } }],
    });
    expect(firstDivergence(good, good)).toBeUndefined();
  },
);

function keyOf({ area, name, attribute }: StateValue): string {
  return `${area} ${name} ${attribute ?? ''}`;
}
