/**
 * Which sessions are with one and the same VM: those of one label, or else of one address. Another VM begins in its
 * place when a client connects after the server had closed.
 */
import type { MessageRef } from '../../recording/message.js';
import type { RecordingReader } from '../../recording/ports.js';
import type { Session } from '../../recording/session.js';

/** A VM, as far as a recording tells VMs apart. */
export interface Vm {
  /** From 1, in the order in which they are first seen. */
  readonly number: number;
  /** Its sessions' label; undefined where they have none. */
  readonly label: string | undefined;
  /** The address of its server, of the first session. */
  readonly address: string;
}

/** Where a session belongs. */
export interface Belonging {
  readonly vm: Vm;
  /** Nobody was connected to the VM's monitor before it. */
  readonly afterGap: boolean;
}

/** Sessions of a place, as far as they matter for the next one. */
interface PlaceKnown {
  vm: Vm;
  readonly monitors: Session[];
}

/** More sessions of a place than can be open at once are not looked at. */
const mostOpen = 64;

export class Vms {
  readonly #reader: RecordingReader;
  readonly #places = new Map<string, PlaceKnown>();
  readonly #belongings = new Map<number, Belonging>();
  #vms = 0;
  #read = 0;

  constructor(reader: RecordingReader) {
    this.#reader = reader;
  }

  /** Where a session belongs; undefined of one that is not there. */
  of({ session }: Pick<MessageRef, 'session'>): Belonging | undefined {
    const known = this.#belongings.get(session);
    if (known !== undefined) return known;
    const sessions = this.#reader.sessions();
    for (const one of sessions.slice(this.#read)) this.#belongings.set(one.id, this.#assign(one));
    this.#read = sessions.length;
    return this.#belongings.get(session);
  }

  #assign(session: Session): Belonging {
    const { label, dialect, server } = session;
    const key = label === undefined ? `at ${server.address}` : `of ${label}`;
    let place = this.#places.get(key);
    if (place === undefined) {
      place = { vm: this.#newVm(session), monitors: [] };
      this.#places.set(key, place);
    }
    if (dialect === 'qga') return { vm: place.vm, afterGap: false };
    // What is known of their ends may have come since.
    const before = place.monitors
      .map(({ id }) => this.#reader.session(id))
      .filter((one) => one !== undefined);
    const open = before.filter((one) => endOf(one) > session.started);
    const last = before.at(-1);
    if (open.length === 0 && last?.end?.startsWith('server') === true) place.vm = this.#newVm(session);
    const afterGap = open.length === 0 && before.length > 0;
    place.monitors.splice(0, place.monitors.length, ...open.slice(-mostOpen), session);
    return { vm: place.vm, afterGap };
  }

  #newVm({ label, server }: Session): Vm {
    return { number: ++this.#vms, label, address: server.address };
  }
}

/** Wall clock, microseconds; of one that runs, later than anything. */
function endOf({ started, ended }: Session): number {
  return ended === undefined ? Infinity : started + ended / 1000;
}
