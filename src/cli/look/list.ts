/** Lists recordings and sessions, as a table or JSON. */
import { readdirSync, type Stats, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { RecordingError } from '../../errors.js';
import { recordingLine, sessionLine } from '../../formats/jsonl/jsonl.js';
import { escapeText, formatBytes, formatDuration, peerName, serverName } from '../../inspect/format.js';
import { type Column, tableLines } from '../../text/table.js';
import type { RecordingInfo } from '../../recording/ports.js';
import type { Session } from '../../recording/session.js';
import { isoTime } from '../../text/time.js';
import { codeOf, reasonOf } from '../../store/disk/files.js';
import { openRecording } from '../../store/index/open.js';
import { defaultFolder } from '../files/folder.js';
import { type FoundHost, runningHost } from '../files/running-host.js';
import { cut } from '../output/cut.js';
import { jsonLine, Lines, say, styled, terminalWidth } from '../output/output.js';

/**
 * Prints the recordings of a folder, or the sessions of a recording.
 * @throws RecordingError if there is nothing to list
 */
export async function list(path: string | undefined, json: boolean): Promise<void> {
  const host = await runningHost(path);
  const place = path ?? host?.recordings ?? defaultFolder();
  const stat = statOf(place);
  if (stat === undefined) {
    if (path !== undefined) throw new RecordingError({ reason: 'no such file or folder' }, { path });
    throw new RecordingError(
      { reason: 'nothing has been recorded yet', remedy: '`qmptap record --help` tells how' },
      { path: place },
    );
  }
  const lines = new Lines();
  if (stat.isDirectory()) listFolder(place, json, lines);
  else listSessions(place, json, lines);
  lines.flush();
  if (!json && host !== undefined) tellOfHost(host);
}

/** What a host has that is in no recording yet. */
function tellOfHost({ vms }: FoundHost): void {
  const states = { waiting: 'recorded from the next connection on', direct: 'not recorded' } as const;
  for (const { label, state, file, reason } of vms) {
    if (file !== undefined || (state !== 'waiting' && state !== 'direct')) continue;
    say(`${escapeText(label)}: ${states[state]}${reason === undefined ? '' : `: ${escapeText(reason)}`}`);
  }
}

/** Undefined if there is nothing; a part of the path may be a file. */
function statOf(place: string): Stats | undefined {
  try {
    return statSync(place);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error) ?? '')) return undefined;
    throw new RecordingError({ reason: reasonOf(error) }, { path: place, cause: error });
  }
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    throw new RecordingError({ reason: reasonOf(error) }, { path: folder, cause: error });
  }
}

const number = (title: string): Column => ({ title, align: 'right' });

const recordingColumns: readonly Column[] = [
  { title: 'recording' },
  { title: '' },
  ...['sessions', 'messages', 'size'].map(number),
  { title: 'made' },
  { title: 'of' },
];

const sessionColumns: readonly Column[] = [
  number('session'),
  ...['label', 'server', 'began'].map((title) => ({ title })),
  ...['lasted', 'messages', 'bytes'].map(number),
  ...['ended by', 'client'].map((title) => ({ title })),
];

function listFolder(folder: string, json: boolean, lines: Lines): void {
  const names = entriesOf(folder)
    .filter((name) => name.endsWith('.qmptap'))
    .sort();
  const rows: string[][] = [];
  for (const name of names) {
    const path = join(folder, name);
    try {
      using reader = openRecording(path, { onNotice: say });
      const sessions = reader.sessions();
      if (json) {
        lines.write(jsonLine({ ...aboutJson(reader.info), path, sessions: sessions.length }));
        continue;
      }
      const labels = [...new Set(sessions.map((session) => session.label ?? serverName(session)))];
      rows.push([
        name,
        reader.info.live ? liveState(reader.info) : reader.info.incomplete === undefined ? '' : 'incomplete',
        String(sessions.length),
        String(sessions.reduce((sum, session) => sum + session.messages, 0)),
        formatBytes(statSync(path, { throwIfNoEntry: false })?.size ?? 0),
        localTime(reader.info.created),
        labels.slice(0, 3).join(', '),
      ]);
    } catch (error) {
      if (!(error instanceof RecordingError)) throw error;
      const reason = error.message.replace(`${path}: `, () => '');
      if (json) lines.write(jsonLine({ type: 'unreadable', path, reason }));
      else rows.push([name, 'unreadable', '', '', '', '', reason]);
    }
  }
  if (names.length === 0) say(`${folder}: no recordings in it`);
  else if (!json) table(recordingColumns, rows, lines);
}

function liveState({ filesBeside = [] }: RecordingInfo): string {
  return filesBeside.length === 0 ? 'live' : `live in ${filesBeside.length + 1} files`;
}

function listSessions(path: string, json: boolean, lines: Lines): void {
  using reader = openRecording(path, { onNotice: say });
  const sessions = reader.sessions();
  if (json) {
    lines.write(jsonLine(aboutJson(reader.info)));
    for (const session of sessions) lines.write(sessionLine(session));
    return;
  }
  const rows = sessions.map((session) => [
    String(session.id),
    session.label ?? '',
    serverName(session),
    localTime(session.started),
    session.ended === undefined ? '' : formatDuration(session.ended),
    String(session.messages),
    formatBytes(session.bytes),
    endOf(session, reader.info.live),
    peerName(session.client),
  ]);
  table(sessionColumns, rows, lines);
  const { info } = reader;
  if (info.incomplete !== undefined) lines.write(`incomplete: ${escapeText(info.incomplete)}\n`);
  if (info.filesBeside !== undefined && info.filesBeside.length > 0) lines.write(`${copyHint(info)}\n`);
}

/** The line of `show --json`, and where the recording is in more than one file, all of them. */
function aboutJson(info: RecordingInfo): object {
  const about = JSON.parse(recordingLine(info)) as object;
  return info.filesBeside === undefined ? about : { ...about, filesBeside: info.filesBeside };
}

/** How to copy what is in more than one file. */
function copyHint({ path, filesBeside = [] }: RecordingInfo): string {
  const names = [path, ...filesBeside].map((file) => escapeText(basename(file))).join(' ');
  return `live, in ${filesBeside.length + 1} files: ${names}; to copy it: qmptap export ${escapeText(path)} -o COPY.qmptap`;
}

function endOf(session: Session, live: boolean): string {
  if (session.end === undefined) return live ? 'still open' : 'cut off';
  return session.endReason === undefined ? session.end : `${session.end} (${session.endReason})`;
}

/** Local wall clock to the second, as `ls -l --time-style=long-iso` has it. */
function localTime(micros: number): string {
  const minutes = new Date(micros / 1000).getTimezoneOffset();
  return isoTime(micros - minutes * 60e6)
    .slice(0, 19)
    .replace('T', ' ');
}

function table(columns: readonly Column[], rows: readonly (readonly string[])[], lines: Lines): void {
  const [head = '', ...rest] = tableLines(
    columns,
    rows.map((row) => row.map(escapeText)),
  );
  lines.write(`${styled('bold', cut(head, terminalWidth()))}\n`);
  for (const row of rest) lines.write(`${cut(row, terminalWidth())}\n`);
}
