/**
 * A second monitor in a QEMU that runs (QEMU 11.1): a character device that listens, and a `monitor-qmp` object on it. The
 * client's own monitor is only used to make them and to take them away.
 */
import { UsageError } from '../../../errors.js';
import { isArray, isObject, type JsonValue } from '../../../json/value.js';
import { startOf } from '../../../transport/path/holder.js';
import type { AskedMonitor } from './virsh-monitor.js';

/** One that could not be taken away; `commands` do it. */
export interface NotRemoved {
  readonly error: Error;
  readonly commands: readonly string[];
}

const type = 'monitor-qmp';
const prefix = 'qmptap-';

/** What the object and the character device of this process are called. */
export function ownId(): string {
  return `${prefix}${process.pid}`;
}

/**
 * Makes it. `path`: where QEMU is to listen, as it finds it; it must be allowed to make a socket there.
 * @throws UsageError where QEMU has no such objects, or refuses; nothing is left then
 */
export async function makeMonitor(monitor: AskedMonitor, path: string): Promise<void> {
  const types = await monitor.ask('qom-list-types', { implements: type });
  if (!isArray(types) || types.length === 0) {
    throw new UsageError({
      subject: monitor.name,
      reason: `its QEMU cannot make a monitor while it runs (QEMU 11.1 and newer can)`,
      remedy: 'leave out --own-monitor, or give --log',
    });
  }
  await removeLeft(monitor);
  const id = ownId();
  const addr = { type: 'unix', data: { path } };
  await monitor.ask('chardev-add', {
    id,
    backend: { type: 'socket', data: { addr, server: true, wait: false } },
  });
  try {
    await monitor.ask('object-add', { 'qom-type': type, id, chardev: id });
  } catch (error) {
    await monitor.ask('chardev-remove', { id });
    throw error;
  }
}

/** Takes it away again. Undefined: it is gone. */
export async function removeMonitor(monitor: AskedMonitor, id = ownId()): Promise<NotRemoved | undefined> {
  const steps = ['object-del', 'chardev-remove'] as const;
  try {
    for (const step of steps) await monitor.ask(step, { id });
    return undefined;
  } catch (error) {
    return { error: error as Error, commands: steps.map((step) => monitor.inShell(step, { id })) };
  }
}

/** Those of processes of ours that were killed. */
async function removeLeft(monitor: AskedMonitor): Promise<void> {
  const objects = await monitor.ask('qom-list', { path: '/objects' });
  for (const id of namesIn(objects)) {
    const pid = new RegExp(`^${prefix}(\\d{1,10})$`).exec(id)?.[1];
    if (pid === undefined || (startOf(Number(pid)) !== undefined && id !== ownId())) continue;
    const left = await removeMonitor(monitor, id);
    if (left !== undefined) throw left.error;
  }
}

function namesIn(objects: JsonValue): string[] {
  if (!isArray(objects)) return [];
  return objects.flatMap((one) => {
    const name = isObject(one) ? one.get('name') : undefined;
    return typeof name === 'string' ? [name] : [];
  });
}
