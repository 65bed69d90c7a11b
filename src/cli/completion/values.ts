/**
 * Completes from the recording on the command line: filter terms with the names in it, its sessions, the names in its
 * schema. A key press must be answered at once and must not change a file, so a recording that needs recovery is
 * skipped.
 */
import { statSync } from 'node:fs';
import { homedir } from 'node:os';
import { completeFilter, type FilterNames } from '../../inspect/filter/complete.js';
import { serverName } from '../../inspect/format.js';
import { Schemas } from '../../inspect/schema/schemas.js';
import { isWritten } from '../../store/disk/liveness.js';
import { openRecording } from '../../store/index/open.js';
import type { RecordingReader } from '../../recording/ports.js';
import type { Session } from '../../recording/session.js';
import { hasJournal } from '../../store/index/recover.js';
import { recordedNames } from '../../tui/names.js';
import type { Kind, Suggestion } from './suggest.js';

/** Words of this kind that begin with what was typed; some kinds need a recording. */
export function valuesOf(kind: Kind, typed: string, recording: string | undefined): Suggestion[] {
  switch (kind) {
    case 'filter':
      return filters(typed, inside(recording, names) ?? {});
    case 'command-name':
      return begins([...(inside(recording, names)?.commands ?? [])].sort().map(plain), typed);
    case 'session':
      return begins(inside(recording, (reader) => reader.sessions().map(sessionItem)) ?? [], typed);
    case 'schema-name':
      return begins(inside(recording, schemaNames) ?? [], typed);
    case 'recording':
    case 'file':
    case 'folder':
    case 'command':
      return [];
  }
}

function filters(typed: string, known: FilterNames): Suggestion[] {
  const { from, to, items } = completeFilter(typed, typed.length, known);
  return items.map(({ text, help }) => ({ text: typed.slice(0, from) + text + typed.slice(to), help }));
}

function names(reader: RecordingReader): FilterNames {
  return recordedNames(reader, new Map(reader.sessions().map((session) => [session.id, session])));
}

function schemaNames(reader: RecordingReader): Suggestion[] {
  const schema = new Schemas(reader).first();
  return schema === undefined ? [] : [...schema.commands.keys(), ...schema.events.keys()].sort().map(plain);
}

function sessionItem(session: Session): Suggestion {
  const { id, label } = session;
  return {
    text: String(id),
    help: [...(label === undefined ? [] : [label]), serverName(session)].join(' · '),
  };
}

function plain(text: string): Suggestion {
  return { text, help: '' };
}

function begins(items: readonly Suggestion[], typed: string): Suggestion[] {
  return items.filter(({ text }) => text.startsWith(typed));
}

/** Undefined also for a file that cannot be read: a completion cannot report errors. */
function inside<T>(path: string | undefined, look: (reader: RecordingReader) => T): T | undefined {
  if (path === undefined) return undefined;
  const file = path.replace(/^~(?=\/)/, homedir());
  try {
    if (!statSync(file).isFile() || (hasJournal(file) && !isWritten(file))) return undefined;
    using reader = openRecording(file);
    return look(reader);
  } catch {
    return undefined;
  }
}
