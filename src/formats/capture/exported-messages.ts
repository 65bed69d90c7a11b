/** Messages as packets of their own: what `export --format pcapng` writes, exactly; an interface for each session. */
import { tryParse } from '../../json/parse.js';
import { isObject } from '../../json/value.js';
import type { Direction } from '../../recording/message.js';
import type { ImportedSession, ImportedTraffic, ImportTarget } from '../import.js';
import { directionByMembers } from '../reading/direction.js';
import { binaryBytes, binaryText } from '../wire.js';
import { type CaptureInterface, type Packet, uint } from './packet-reader.js';
import { packetDirection, pduTag, protocolColumn } from './pcapng-blocks.js';

const note = 'from packets that were exported, with exact bytes; times are to the microsecond';

export class ExportedMessages {
  readonly #target: ImportTarget;
  readonly #traffic: ImportedTraffic;
  readonly #sessions = new Map<CaptureInterface, ImportedSession>();
  #latest: number | undefined;

  constructor(target: ImportTarget, traffic: ImportedTraffic) {
    this.#target = target;
    this.#traffic = traffic;
  }

  take({ interface: place, number, micros, data, length, flags }: Packet): void {
    this.#latest = micros ?? this.#latest;
    if (data.length < length) {
      this.#target.skip(number, 'a message of which the capture has only the beginning');
      return;
    }
    const { protocol, payload } = withoutTags(data);
    const bytes = binaryBytes(payload);
    const value = tryParse(bytes, { nonFinite: true });
    const dir = directionOf(flags) ?? (isObject(value) ? directionByMembers(value) : undefined);
    if (dir === undefined) return; // of another protocol
    let session = this.#sessions.get(place);
    if (session === undefined) {
      session = this.#traffic.open({
        label: labelOf(place),
        dialect: protocol === protocolColumn.qga ? 'qga' : undefined,
        server: serverOf(place),
        started: micros,
        note,
      });
      this.#sessions.set(place, session);
    }
    session.say(dir, micros, bytes);
  }

  end(): void {
    for (const session of this.#sessions.values())
      session.close(this.#latest, 'cut-off', 'the capture ends here');
  }
}

function directionOf(flags: number): Direction | undefined {
  if ((flags & 3) === packetDirection.outbound) return 'c2s';
  return (flags & 3) === packetDirection.inbound ? 's2c' : undefined;
}

function withoutTags(data: string): { readonly protocol: string; readonly payload: string } {
  let protocol = '';
  for (let at = 0; at + 4 <= data.length;) {
    const [type, length] = [uint(data, at, 2), uint(data, at + 2, 2)];
    at += 4 + length;
    if (type === pduTag.end) return { protocol, payload: data.slice(at) };
    if (type === pduTag.protocolColumn) protocol = data.slice(at - length, at).replace(/\0+$/, '');
  }
  return { protocol, payload: '' };
}

/** `session 1 web7`, as it is exported; another name stands as it is. */
function labelOf({ name }: CaptureInterface): string | undefined {
  const label = binaryText(name ?? '').replace(/^session \d+ ?/, '');
  return label === '' ? undefined : label;
}

/** `client -> server`. */
function serverOf({ description }: CaptureInterface): string | undefined {
  return description === undefined ? undefined : / -> (.*)$/.exec(binaryText(description))?.[1];
}
