/** The guest agent's way to tell stale responses from its own: a value that comes back. */
import { canonicalJson } from '../json/canonical.js';
import { parseJson } from '../json/parse.js';
import { scanMembers } from '../json/scan.js';
import { isObject } from '../json/value.js';

/** The value that a `guest-sync` or `guest-sync-delimited` wants back, canonical. */
export function syncValue(raw: Uint8Array): string | undefined {
  try {
    const command = parseJson(raw);
    const given = isObject(command) ? command.get('arguments') : undefined;
    const id = isObject(given) ? given.get('id') : undefined;
    return id === undefined ? undefined : canonicalJson(id);
  } catch {
    return undefined;
  }
}

/** What a response returns, canonical, if it can be what a sync waits for. */
export function returnedValue(raw: Uint8Array): string | undefined {
  const extent = scanMembers(raw)?.find((member) => member.key === 'return');
  // A sync returns an int64, at most 20 digits.
  if (extent === undefined || extent.end - extent.start > 32) return undefined;
  try {
    return canonicalJson(parseJson(raw.subarray(extent.start, extent.end)));
  } catch {
    return undefined;
  }
}
