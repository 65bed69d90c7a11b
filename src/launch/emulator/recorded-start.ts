/**
 * How a recorded QEMU was started, as the notes of its recording tell, or its traffic: a VM that is restored is asked
 * other things than one that boots.
 */
import type { RecordingReader } from '../../recording/ports.js';
import type { Session } from '../../recording/session.js';
import { parseCommandLine } from '../../text/command-line.js';
import { startKind, type StartKind } from '../qemu/qemu-arguments.js';
import { optionsOf } from '../qemu/qemu-options.js';

/** A start of a VM, or what came after it. */
export interface RecordedStart {
  /** Undefined: nothing tells. */
  readonly kind: StartKind | undefined;
  /** A recorder that took over from another, or a later file of a series: the VM ran already. */
  readonly later: boolean;
}

/** Begins the note of a recording whose recorder took over from one that was killed. */
export const goesOnFrom = 'goes on from ';

/** What begins with a session, by its number; sessions between belong to the start before them. */
export function recordedStarts(
  reader: RecordingReader,
  sessions: readonly Session[],
): Map<number, RecordedStart> {
  const starts = new Map<number, RecordedStart>();
  let last: RecordedStart | undefined;
  for (const session of sessions) {
    const noted = ofNotes(session);
    // A note stands at the first session of each file, and of each VM in a file that was made of many.
    last = noted ?? last ?? { kind: ofTraffic(reader, session), later: session.id > 1 };
    starts.set(session.id, last);
  }
  return starts;
}

function ofNotes({ id, notes }: Session): RecordedStart | undefined {
  for (const note of notes) {
    const [first = '', second] = note.split('\n', 2);
    const tookOver = first.startsWith(goesOnFrom);
    const [, ...argv] = parseCommandLine((tookOver ? second : first) ?? '') ?? [];
    if (![...optionsOf(argv)].some(({ name }) => monitorOptions.has(name))) continue;
    return { kind: startKind(argv), later: tookOver || id > 1 };
  }
  return undefined;
}

/** QEMU's arguments in a note have one of these, or nothing would have been recorded. */
const monitorOptions = new Set(['mon', 'qmp', 'qmp-pretty', 'object', 'readconfig', 'device']);

/** So far into a session libvirt has long told QEMU from where to restore. */
const farEnough = 1_000;

function ofTraffic(reader: RecordingReader, session: Session): StartKind | undefined {
  for (const { kind, name } of reader.messages({ session: session.id, limit: farEnough })) {
    if (kind === 'command' && name === 'migrate-incoming') return 'incoming';
  }
  return undefined;
}
