/** An event's own timestamp: the host's wall clock when QEMU emitted it. */
import { parseJson } from '../json/parse.js';
import { scanMembers } from '../json/scan.js';
import { isNumber, isObject } from '../json/value.js';

/** `{"seconds": …, "microseconds": …}` is about 60 bytes; anything longer is not a timestamp. */
const maximumBytes = 200;

/**
 * Microseconds since 1970; undefined where there is none. QEMU gives -1 for both parts when its
 * clock failed (specification, "Asynchronous events").
 */
export function eventTimestamp(bytes: Uint8Array): number | undefined {
  const extent = scanMembers(bytes)?.find((member) => member.key === 'timestamp');
  if (extent === undefined || extent.end - extent.start > maximumBytes) return undefined;
  try {
    const value = parseJson(bytes.subarray(extent.start, extent.end));
    if (!isObject(value)) return undefined;
    const seconds = value.get('seconds');
    const micros = value.get('microseconds');
    if (!isNumber(seconds) || !isNumber(micros)) return undefined;
    const time = Number(seconds.text) * 1e6 + Number(micros.text);
    return time >= 0 ? time : undefined;
  } catch {
    return undefined;
  }
}
