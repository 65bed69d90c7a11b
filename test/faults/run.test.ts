/** `qmptap run`: QEMU and who talks to it go on, whatever becomes of the recording. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { openRecording } from '../../src/store/index/open.js';
import { expectPrefixes, type Kept, killableThread } from '../support/fault-rig.js';
import { testFolder } from '../support/folder.js';
import { type Running, start } from '../support/process.js';
import { labTest } from '../support/programs.js';
import { smallMachine } from '../support/qemu.js';
import { negotiated, type QmpClient } from '../support/qmp-client.js';
import { rootTest, smallDisk } from '../support/small-disk.js';
import { until } from '../support/until.js';

/** Some 200 kB. */
const large = 'query-qmp-schema';

/** A real QEMU that `qmptap run` has started, and a client of its monitor. */
class RunRig {
  readonly monitor = join(testFolder(), 'q.sock');
  readonly file: string;
  readonly run: Running;
  client!: QmpClient;
  #asked = 0;

  constructor(folder = testFolder(), node: readonly string[] = []) {
    this.file = join(folder, 'r.qmptap');
    this.run = start(process.execPath, [
      ...[...node, 'dist/cli/main.js', 'run', '-o', this.file, '--', 'qemu-system-x86_64', ...smallMachine],
      ...['-qmp', `unix:${this.monitor},server=on,wait=off`],
    ]);
  }

  async connect(): Promise<QmpClient> {
    await this.run.says(/recording .* in .*; ends with QEMU/);
    return (this.client = await negotiated(this.monitor));
  }

  /** Asks so many times, each time waiting for the answer. */
  async ask(count: number, command = 'query-status'): Promise<void> {
    for (let n = 0; n < count; n++) {
      const id = `ask-${this.#asked++}`;
      this.client.execute(command, undefined, id);
      await this.client.receives(new RegExp(`"id": "${id}"`));
    }
  }

  /** QEMU has answered all the time, and ends when it is told to, with its own code. */
  async quit(): Promise<void> {
    await this.ask(5);
    this.client.execute('quit');
    expect(await this.run.ended).toBe(0);
    await this.client.end();
  }

  expectPrefix(): Kept {
    const [kept] = expectPrefixes(this.file, (_session, dir) =>
      Buffer.concat(dir === 'c2s' ? this.client.sent : this.client.received),
    );
    return kept!;
  }

  expectWhole(): void {
    const lengthOf = (parts: readonly Buffer[]): number => Buffer.concat(parts).length;
    const { sent, received } = this.client;
    expect(this.expectPrefix()).toMatchObject({ c2s: lengthOf(sent), s2c: lengthOf(received) });
  }

  /** What it said of the recording, beside its beginning and end. */
  troubles(): string[] {
    return this.run
      .stderr()
      .split('\n')
      .filter((line) => line.includes('recording: '));
  }
}

describe('the monitor of a QEMU that is run goes on', () => {
  labTest('qemu-system-x86_64')('when the file is removed', async () => {
    const rig = new RunRig();
    await rig.connect();
    await rig.ask(5);
    rmSync(rig.file);
    await rig.run.says(/recording stopped: the file was removed while it was recorded; the traffic goes on/);
    await rig.ask(5, large);
    await rig.quit();
    expect(rig.troubles()).toHaveLength(1);
    expect(rig.run.stderr()).toMatch(/incomplete: the file was removed/);
  });

  labTest('qemu-system-x86_64')("when the recorder's thread dies; and all is in the file", async () => {
    const rig = new RunRig(testFolder(), ['--import', killableThread]);
    await rig.connect();
    await rig.ask(5);
    rig.run.signal('SIGCONT');
    await rig.run.says(/indexing was interrupted: its thread ended; it goes on, and nothing is lost/);
    await rig.ask(5, large);
    await rig.quit();
    rig.expectWhole();
    expect(
      rig.troubles().filter((line) => line.includes('indexing was interrupted')),
      rig.run.stderr(),
    ).toHaveLength(1);
    expect(rig.run.stderr()).not.toContain('incomplete');
  });

  labTest('qemu-system-x86_64')(
    'in QEMU, too, when the recorder is killed; the file holds what came before',
    async () => {
      const rig = new RunRig();
      await rig.connect();
      await rig.ask(3, large);
      const [qemu] = await until('QEMU', () => childrenOf(rig.run.pid));
      await until('the last answer to be journaled', () => {
        using live = openRecording(rig.file);
        return live.count() >= 9;
      });
      rig.run.signal('SIGKILL');
      await rig.client.end();
      rig.expectWhole();
      // Else it would keep the lock on its images.
      await until('QEMU to end', () => !existsSync(`/proc/${qemu!}/exe`));
    },
  );
});

describe('a disk that is full', () => {
  rootTest(
    'stops the recording, not QEMU',
    async () => {
      const rig = new RunRig(smallDisk(1500));
      await rig.connect();
      await rig.ask(20, large);
      await rig.run.says(/recording stopped: no space left on the disk; the traffic goes on unrecorded/);
      await rig.quit();
      expect(rig.expectPrefix().s2c).toBeGreaterThan(100_000);
      expect(rig.troubles()).toHaveLength(1);
      expect(rig.run.stderr()).toMatch(/incomplete: no space left on the disk/);
      using reader = openRecording(rig.file);
      expect(reader.info.incomplete).toBe('no space left on the disk');
    },
    ['qemu-system-x86_64'],
  );
});

function childrenOf(pid: number): number[] | undefined {
  const listed = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return listed === '' ? undefined : listed.split(' ').map(Number);
}
