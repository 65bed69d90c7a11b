/** The processes that hold a recorder's sockets: two for each keeper. */
import { readdirSync } from 'node:fs';
import { commandLineOf } from './libvirt.js';
import { until } from './until.js';

/** Those whose command line holds this text. */
export function keepersWith(text: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      const command = commandLineOf(pid);
      return command.includes('qmptap-keeper') && command.includes(text);
    });
}

/** Waits for a keeper that is whole. */
export function pairOfKeepers(text: string): Promise<number[]> {
  return until('a keeper, which is two processes', () => {
    const found = keepersWith(text);
    return found.length === 2 ? found : undefined;
  });
}

export function noKeeper(text: string): Promise<unknown> {
  return until('every keeper to end', () => keepersWith(text).length === 0);
}
