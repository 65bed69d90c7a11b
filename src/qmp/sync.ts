/** `guest-sync`: how clients of the guest agent recognise stale responses, by a value that the agent returns. */
import { canonicalJson } from '../json/canonical.js';
import { parseJson } from '../json/parse.js';
import { scanMembers } from '../json/scan.js';
import { isObject } from '../json/value.js';

/** A sync returns an int64, at most 20 digits. */
const maximumLength = 32;

/** The value that a `guest-sync` or `guest-sync-delimited` expects back, canonical; undefined if it cannot come back. */
export function syncValue(raw: Uint8Array): string | undefined {
  try {
    const command = parseJson(raw);
    const given = isObject(command) ? command.get('arguments') : undefined;
    const id = isObject(given) ? given.get('id') : undefined;
    const value = id === undefined ? undefined : canonicalJson(id);
    return value !== undefined && value.length <= maximumLength ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The value of `return`, canonical; undefined if it is too long for a sync. */
export function returnedValue(raw: Uint8Array): string | undefined {
  const extent = scanMembers(raw)?.find((member) => member.key === 'return');
  if (extent === undefined || extent.end - extent.start > maximumLength) return undefined;
  try {
    return canonicalJson(parseJson(raw.subarray(extent.start, extent.end)));
  } catch {
    return undefined;
  }
}
