/**
 * Keeps the sessions of an attached recorder if that is killed: libvirt kills a VM whose monitor closes. A keeper
 * holds their sockets and starts the recorder that a VM's emulator would start, which goes on until the server ends.
 */
import type { Dialect } from '../../recording/session.js';
import { serverSocketOf } from '../../transport/path/exchanged-path.js';
import type { ProxyEvent } from '../../transport/session/drive.js';
import type { Listener } from '../../transport/listener.js';
import { HeldSockets, keeperFor, type TappedChannel } from '../emulator/held-sockets.js';
import type { Keeper } from '../emulator/keeper.js';
import { successionOf } from '../emulator/succession.js';

export interface AttachSuccession {
  /** Bash. */
  readonly shell: string;
  /** A file without which a successor cannot start. */
  readonly needed: string;
  /** The command line of a recorder that takes over with this text, and records into the folder of `path`. */
  readonly successor: (state: string, path: string) => readonly string[];
  /** One line for the user: something is not protected, or is again. */
  readonly trouble: (line: string) => void;
}

export interface KeptVm {
  /** The server's process; undefined: the process that answers the first session. */
  readonly pid: number | undefined;
  readonly label: string | undefined;
  /** Where is recorded now. */
  readonly path: () => string;
}

export class AttachKeeper {
  readonly #options: AttachSuccession;
  readonly #vm: KeptVm;
  readonly #channels: { readonly channel: TappedChannel; readonly held: HeldSockets }[] = [];
  #keeper: Keeper | undefined;

  constructor(options: AttachSuccession, vm: KeptVm) {
    this.#options = options;
    this.#vm = vm;
    if (vm.pid !== undefined) this.#keeper = this.#keeperOf(vm.pid);
  }

  /** Holds what comes to this listener, at an exchanged path. To be told what happens there. */
  add(path: string, dialect: Dialect | undefined, listener: Listener): (event: ProxyEvent) => void {
    const channel: TappedChannel = {
      name: path,
      dialect,
      address: { kind: 'unix', path },
      path: serverSocketOf(path),
      exchanged: true,
    };
    const held = new HeldSockets(listener, {
      changed: () => {
        setImmediate(() => this.#keeper?.renew());
      },
      unheld: (why) => {
        this.#options.trouble(`${path}: ${why}`);
      },
    });
    this.#channels.push({ channel, held });
    setImmediate(() => this.#keeper?.renew());
    return (event) => {
      const pid = event.type === 'joined' ? event.server.peer.pid : undefined;
      if (pid !== undefined) this.#keeper ??= this.#keeperOf(pid);
      held.follow(event);
    };
  }

  /** Lets go of everything. */
  async close(): Promise<void> {
    await this.#keeper?.close();
  }

  #keeperOf(pid: number): Keeper {
    const { successor, ...options } = this.#options;
    const { label, path } = this.#vm;
    const succession = successionOf(
      { ...options, successor: (state) => successor(state, path()) },
      { pid, label, note: '' },
      path,
    );
    return keeperFor(succession, () =>
      this.#channels.flatMap(({ channel, held }) => {
        const sockets = held.kept;
        return sockets === undefined ? [] : [{ channel, sockets }];
      }),
    );
  }
}
