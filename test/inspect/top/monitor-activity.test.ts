import { describe, expect, test } from 'vitest';
import { MonitorActivity } from '../../../src/inspect/top/monitor-activity.js';
import { MemoryRecording } from '../../../src/recording/memory.js';
import type { SessionStart } from '../../../src/recording/session.js';
import { message } from '../../support/message.js';
import { sessionStart } from '../../support/recorded.js';

const second = 1_000_000;
const origin = 1_795_165_949 * second;

/** A VM's recording, in which messages are said at seconds after the origin. */
class Vm extends MemoryRecording {
  readonly #lengths = new Map<number, number>();

  begin(id: number, start: Partial<SessionStart> = {}): void {
    this.openSession(id, sessionStart({ label: 'web1', started: origin, ...start }));
    this.#lengths.set(id, 0);
  }

  ask(session: number, at: number, name: string): number {
    const seq = this.#next(session);
    this.add({ ...message('command', '{}'), session, seq, name, t: at * 1e9 });
    return seq;
  }

  answer(
    session: number,
    at: number,
    replyTo: number,
    latency: number,
    kind: 'success' | 'error' = 'success',
  ): void {
    const command = this.message(session, replyTo)?.name;
    const seq = this.#next(session);
    this.add({ ...message(kind, '{}'), session, seq, replyTo, command, latency: latency * 1e9, t: at * 1e9 });
  }

  #next(session: number): number {
    const seq = (this.#lengths.get(session) ?? 0) + 1;
    this.#lengths.set(session, seq);
    return seq;
  }
}

const at = (seconds: number): number => origin + seconds * second;

describe('MonitorActivity', () => {
  test('tells who holds a monitor, what waits, and what happened just now', () => {
    const vm = new Vm('/r/web1.qmptap');
    const client = { address: 'unix:/c', pid: 812, program: 'libvirtd', uid: 0, gid: 0 };
    vm.begin(1, { client });
    vm.answer(1, 2, vm.ask(1, 1, 'query-block'), 1);
    vm.answer(1, 70, vm.ask(1, 69, 'device_add'), 0.5, 'error');
    vm.answer(1, 96, vm.ask(1, 95, 'query-status'), 0.25);
    vm.ask(1, 97, 'blockdev-add');
    vm.ask(1, 99, 'stop');
    const activity = new MonitorActivity(vm);
    expect(activity.rows(at(100))).toEqual([
      {
        ...{ name: 'web1', monitor: 'qmp', file: '/r/web1.qmptap', session: 1, client: 'libvirtd, pid 812' },
        ...{ held: 100, others: 0, pending: 2, oldest: { command: 'blockdev-add', seconds: 3 }, errors: 1 },
        ...{ rate: 0.1, slowest: { command: 'device_add', latency: 0.5e9 } },
      },
    ]);
    // Ten seconds later nothing of it is just now, and after a minute nothing at all.
    expect(activity.rows(at(107))).toMatchObject([{ rate: 0, errors: 1, oldest: { seconds: 10 } }]);
    expect(activity.rows(at(157))).toMatchObject([{ errors: 0, slowest: undefined, pending: 2 }]);
  });

  test('follows what comes, and the end of a session', () => {
    const vm = new Vm('web1');
    vm.begin(1);
    const activity = new MonitorActivity(vm);
    expect(activity.rows(at(1))).toMatchObject([{ client: 'unix:/c', rate: 0 }]);
    for (let n = 1; n <= 20; n++) vm.answer(1, n, vm.ask(1, n, 'query-status'), 0.001);
    expect(activity.rows(at(20))).toMatchObject([{ rate: 1.1, pending: 0 }]);
    vm.updateSession(1, { ended: 21e9, end: 'client-closed' });
    expect(activity.rows(at(22))).toEqual([]);
  });

  test('a client that waits for the monitor, and the agent beside it', () => {
    const vm = new Vm('web1');
    vm.begin(1);
    vm.begin(2, { started: at(10) });
    vm.begin(3, { started: at(5), dialect: 'qga' });
    const rows = new MonitorActivity(vm).rows(at(20));
    expect(rows.map(({ monitor, session, others, held }) => [monitor, session, others, held])).toEqual([
      ['qmp', 1, 1, 20],
      ['qga', 3, 0, 15],
    ]);
  });

  test('a clock that was set back gives no negative times', () => {
    const vm = new Vm('web1');
    vm.begin(1);
    vm.ask(1, 5, 'stop');
    expect(new MonitorActivity(vm).rows(at(-9))).toMatchObject([{ held: 0, oldest: { seconds: 0 } }]);
  });
});
