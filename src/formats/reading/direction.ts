/** Who sent a message, told by the message itself. */
import type { JsonObject } from '../../json/value.js';
import type { Direction } from '../../recording/message.js';

/** As the protocol has it: only a client commands, only a server answers and tells. */
export function directionByMembers(value: JsonObject): Direction | undefined {
  if (value.has('execute') || value.has('exec-oob')) return 'c2s';
  return ['return', 'error', 'QMP', 'event'].some((key) => value.has(key)) ? 's2c' : undefined;
}
