/** A stand-in for a QEMU that makes monitors while it runs, asked as libvirt lets us ask it. */
import { UsageError } from '../../src/errors.js';
import { fromPlain } from '../../src/json/value.js';
import type { AskedMonitor } from '../../src/launch/attach/own/virsh-monitor.js';

export class StandInQemu implements AskedMonitor {
  readonly name = 'web1';
  readonly objects = new Set<string>();
  readonly chardevs = new Set<string>();
  readonly asked: string[] = [];
  /** Commands that it refuses. */
  readonly refused = new Set<string>();
  /** An older one knows no such objects. */
  types = ['monitor-qmp'];
  /** Where it is to listen. */
  onListen: (path: string) => void = () => undefined;

  async ask(command: string, args: Readonly<Record<string, unknown>> = {}): ReturnType<AskedMonitor['ask']> {
    this.asked.push(command);
    await Promise.resolve();
    if (this.refused.has(command))
      throw new UsageError({ subject: this.name, reason: `QEMU refuses ${command}: no` });
    return fromPlain(this.#answer(command, args));
  }

  inShell(command: string): string {
    return `ask ${command}`;
  }

  #answer(command: string, args: Readonly<Record<string, unknown>>): unknown {
    const id = String(args['id']);
    switch (command) {
      case 'qom-list-types':
        return this.types.map((name) => ({ name }));
      case 'qom-list':
        return Array.from(this.objects, (name) => ({ name, type: 'child<monitor-qmp>' }));
      case 'chardev-add': {
        this.chardevs.add(id);
        const { backend } = args as { backend: { data: { addr: { data: { path: string } } } } };
        this.onListen(backend.data.addr.data.path);
        break;
      }
      case 'object-add':
        this.objects.add(id);
        break;
      case 'object-del':
        this.objects.delete(id);
        break;
      case 'chardev-remove':
        this.chardevs.delete(id);
    }
    return {};
  }
}
