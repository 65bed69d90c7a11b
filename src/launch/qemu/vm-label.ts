/** Session labels from QEMU's arguments. */
import { guestName, probedMachine } from './qemu-arguments.js';

const probing = 'probing ';

/** The VM's name, or what libvirt asks of a QEMU that is no VM. */
export function vmLabel(argv: readonly string[]): string | undefined {
  const probed = probedMachine(argv);
  return probed === undefined ? guestName(argv) : probingLabel(probed);
}

/** The label of a session in which libvirt asks a QEMU what it can do with this machine. */
export function probingLabel(machine: string): string {
  return `${probing}${machine}`;
}

export function isProbing(label: string | undefined): boolean {
  return label?.startsWith(probing) === true;
}
